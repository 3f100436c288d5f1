"""Workflow definitions as people write them: YAML files, checked field by field."""
