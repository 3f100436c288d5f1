"""Live controls behind the lines of frameworks and laws."""
