"""Where the words of names begin, so that a name is found by the beginning of any of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_name_starts"
down_revision = "20261122_persisted"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
LENGTH = 100
BATCH = 10_000


def upgrade() -> None:
    table = op.create_table(
        "name_start",
        sa.Column("start", KEY, nullable=False),
        sa.Column("entity_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_name_start_entity_id_entity", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("start", "entity_id", name="pk_name_start"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_name_start_entity_id", "name_start", ["entity_id"])
    names = sa.text("SELECT DISTINCT e.canonical_id, a.name_folded FROM alias a JOIN entity e ON e.id = a.entity_id")
    starts = set()
    for entity_id, name in op.get_bind().execute(names):
        words = name.split()
        starts |= {(" ".join(words[at:])[:LENGTH], entity_id) for at in range(len(words))}
    rows = [{"start": start, "entity_id": entity_id} for start, entity_id in sorted(starts)]
    for at in range(0, len(rows), BATCH):
        op.bulk_insert(table, rows[at : at + BATCH])


def downgrade() -> None:
    op.drop_table("name_start")
