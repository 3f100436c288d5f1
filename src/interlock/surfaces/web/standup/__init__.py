"""The stand-up: fifteen minutes, a light and a chart for each function, and actions that are checked the next time."""
