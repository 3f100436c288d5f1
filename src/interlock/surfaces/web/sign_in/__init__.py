"""Where people come in: the sign-in page, the first administrator, invitations, single sign-on."""
