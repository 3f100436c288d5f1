"""Early warnings that the cases are not what they were: never a verdict, audits decide."""
