"""What an application imports: connect, workflows, cases, actions."""
