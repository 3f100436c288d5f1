"""The proxy of tool servers: each call of a tool is an action of a governed workflow."""
