"""Files of past decisions, tried in processes of their own and kept in folders of their own for a while."""
