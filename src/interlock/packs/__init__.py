"""Data only: samples and, later, other content that ships with the package; read it through `importlib.resources`."""
