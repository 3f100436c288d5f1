"""The served sample: whoever is on this machine may look at it in any role. There only with `serve --demo`."""
