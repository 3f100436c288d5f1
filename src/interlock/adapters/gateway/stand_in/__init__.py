"""A stand-in for a model: no model, but a server that answers by rule in the formats of both vendors."""
