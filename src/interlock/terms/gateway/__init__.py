"""Words of the gateway: model traffic and tool calls that pass through it, and who may send them."""
