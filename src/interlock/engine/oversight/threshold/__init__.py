"""Which cases may be applied automatically: certified confidence thresholds, and the labels that they need."""
