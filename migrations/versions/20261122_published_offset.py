"""Articles keep the zone that they were dated in, so that the day they were published on is the one that was printed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_published_offset"
down_revision = "20261122_initial"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Articles of before count as dated in UTC: their zone is nowhere to be read.
    op.add_column("article", sa.Column("published_offset", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("article") as table:
        table.drop_column("published_offset")
