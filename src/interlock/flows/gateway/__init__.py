"""The gateway at work: what is defined, who may come, how a request passes, what is kept of it."""
