"""Rules of a bake-off on past decisions: columns, cases, split, measurements, one recommendation."""
