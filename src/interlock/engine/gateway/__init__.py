"""The rules of the gateway, pure: what may pass, what is taken out, where it may go, what it may cost."""
