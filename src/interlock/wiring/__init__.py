"""Floor 4: configuration becomes adapters, adapters feed flows, flows feed a surface."""
