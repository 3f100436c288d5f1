"""What an operation is, from the words of its description: rules with ids over words that are data."""
