"""The demonstration of the gateway, and the stand-in for a model that it asks."""
