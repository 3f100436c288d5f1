"""A request on its way out: let in, looked through, paid for, sent, and what is written down of it."""
