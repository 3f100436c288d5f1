"""Commands on definition files: ask for one, check it, explain its fields, compare it, apply it."""
