"""Documents that a server makes: asked for by a person, or sent again and again."""
