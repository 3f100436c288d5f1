"""Floor 0: the field's words as frozen types. No rules, no IO, no clock."""
