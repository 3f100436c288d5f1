"""The first released schema, of embedded stores only: where the chain begins."""

revision = "1"
down_revision = None
