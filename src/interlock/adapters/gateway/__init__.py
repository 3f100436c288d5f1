"""What the gateway uses of the outside: upstreams, segment files, keys of issuers."""
