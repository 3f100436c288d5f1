"""Documents for leaders: made from what is on record, read here, downloaded, sent again and again."""
