"""Settings: the organisation, its calendar, who may do what, who is told, and how long content is kept."""
