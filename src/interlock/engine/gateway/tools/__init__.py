"""Rules about agents' tools: what a call may do, what it becomes as a case, what its caller is told."""
