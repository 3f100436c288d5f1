"""Facts for policy about a request's text: secrets in it, and whether it tries to take over the model."""
