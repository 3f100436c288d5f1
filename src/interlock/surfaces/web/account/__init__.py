"""One's own account: password, second factor, sessions, and what one may do."""
