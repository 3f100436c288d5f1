"""The run time side of audits: periods and their salts, rechecks, known errors among them."""
