"""Case traces as OpenTelemetry spans."""
