"""The calendar of the organisation: kept on record, read by meetings and schedules."""
