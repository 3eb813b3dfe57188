"""What mutations need: answers kept under their callers' keys, why a decision was taken back, and names by who gave them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_idempotency"
down_revision = "20261122_facts"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
DECISIONS = ("judgement", "split", "retraction")


def upgrade() -> None:
    op.create_table(
        "answered",
        sa.Column("caller", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("request", KEY, nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_answered"),
    )
    op.create_index("ix_answered_answered_at", "answered", ["answered_at"], unique=False)
    for table in DECISIONS:
        op.add_column(table, sa.Column("undone_reason", sa.Text(), nullable=True))
    # Names that curators gave, and those that one article gave, are asked for without the others of an entity.
    op.create_index("ix_alias_origin_entity_id", "alias", ["origin", "entity_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_alias_origin_entity_id", table_name="alias")
    for table in DECISIONS:
        op.drop_column(table, "undone_reason")
    op.drop_table("answered")
