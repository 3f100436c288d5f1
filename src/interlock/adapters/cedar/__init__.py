"""Cedar, the policy language of guardrails."""
