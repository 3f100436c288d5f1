"""What a journaled action costs, beside what the raw engines cost."""
