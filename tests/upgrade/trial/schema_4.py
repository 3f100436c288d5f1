"""A version that no release has: it shows that the chain works on both engines."""

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"


def upgrade() -> None:
    op.add_column("workflow", sa.Column("trial", sa.Text, nullable=True))
    op.create_index("workflow_trial", "workflow", ["trial"])
    op.execute("UPDATE workflow SET trial = 'of ' || name")
