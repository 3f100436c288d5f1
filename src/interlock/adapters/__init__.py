"""Floor 2: the outside world behind the ports. No rules live here."""
