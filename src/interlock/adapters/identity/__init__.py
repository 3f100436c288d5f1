"""Passwords, one-time codes and single sign-on by the libraries that everybody uses for them."""
