"""The queue of cases that wait for a person: open, claim, decide, settle, escalate; and what can be learnt from it."""
