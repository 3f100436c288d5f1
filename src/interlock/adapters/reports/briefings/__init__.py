"""Documents for leaders, written in the form that a file's ending names."""
