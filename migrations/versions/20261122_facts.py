"""Facts of the reference set, which no article states; the day on which a source says that a fact held."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "20261122_facts"
down_revision = "20261122_registry"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    # Nothing refers to the table, so making it anew, as SQLite has to, takes nothing along.
    with op.batch_alter_table("fact") as table:
        table.add_column(sa.Column("origin", sa.Text(), nullable=True))
        table.add_column(sa.Column("held_on", sa.Date(), nullable=True))
        _alter(table, nullable=True)
        table.drop_index("ix_fact_object_id")
        table.create_index("ix_fact_object_id_predicate_id", ["object_id", "predicate", "id"], unique=False)
    # What articles stated in the present held on the day they came out; what they stated of the past says so in its words.
    op.execute(
        "UPDATE fact SET held_on = (SELECT article.published_on FROM article WHERE article.id = fact.article_id)"
        " WHERE object_text IS NULL OR lower(object_text) NOT LIKE 'former %'"
    )


def downgrade() -> None:
    op.execute("DELETE FROM fact WHERE article_id IS NULL")
    with op.batch_alter_table("fact") as table:
        table.drop_index("ix_fact_object_id_predicate_id")
        table.create_index("ix_fact_object_id", ["object_id"], unique=False)
        _alter(table, nullable=False)
        table.drop_column("held_on")
        table.drop_column("origin")


def _alter(table: BatchOperations, *, nullable: bool) -> None:
    for name, kind in (
        ("article_id", KEY),
        ("sentence_start", sa.Integer()),
        ("sentence_end", sa.Integer()),
        ("sentence", sa.Text()),
    ):
        table.alter_column(name, existing_type=kind, nullable=nullable)
