"""How much human review, with a guarantee: thresholds, promotion, demotion, audits and their estimates."""
