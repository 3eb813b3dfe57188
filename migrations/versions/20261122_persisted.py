"""GraphQL documents that front ends have registered before they send them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_persisted"
down_revision = "20261122_idempotency"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "persisted_document",
        sa.Column("digest", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_persisted_document"),
    )


def downgrade() -> None:
    op.drop_table("persisted_document")
