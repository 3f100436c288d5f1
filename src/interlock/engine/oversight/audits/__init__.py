"""What people look at afterwards: the draw, how many, estimates from it, and how good the reviewers are."""
