"""The registry: judgements that outlive entities, names compared across articles, splits, retractions, why a name was linked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_registry"
down_revision = "20261122_near_duplicates"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _recreate_judgement(with_keys=False)
    # What the rows of before don't tell is left empty: no parts of a score, and names as they were chosen then.
    # Not in a batch: SQLite would make the tables anew, and dropping the old ones takes all that hangs on them along.
    op.add_column("mention", sa.Column("parts", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("entity", sa.Column("is_reference", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("alias", sa.Column("is_name", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE alias SET is_name = (kind = 'name' AND name = (SELECT entity.name FROM entity WHERE entity.id = alias.entity_id))"
    )
    op.create_table(
        "entity_block",
        sa.Column("block_key", KEY, nullable=False),
        sa.Column("entity_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_entity_block_entity_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("block_key", "entity_id", name="pk_entity_block"),
    )
    op.create_index("ix_entity_block_entity_id", "entity_block", ["entity_id"], unique=False)
    op.create_table(
        "likeness",
        sa.Column("left_id", KEY, nullable=False),
        sa.Column("right_id", KEY, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["left_id"], ["entity.id"], name="fk_likeness_left_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["right_id"], ["entity.id"], name="fk_likeness_right_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("left_id", "right_id", name="pk_likeness"),
    )
    op.create_index("ix_likeness_right_id", "likeness", ["right_id"], unique=False)
    op.create_index("ix_likeness_score_left_id_right_id", "likeness", ["score", "left_id", "right_id"], unique=False)
    op.create_table(
        "split",
        sa.Column("id", KEY, nullable=False),
        sa.Column("entity_id", KEY, nullable=False),
        sa.Column("new_entity_id", KEY, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("undone_at", TIME, nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_split"),
    )
    op.create_index("ix_split_entity_id", "split", ["entity_id"], unique=False)
    op.create_index("ix_split_new_entity_id", "split", ["new_entity_id"], unique=False)
    op.create_table(
        "split_article",
        sa.Column("split_id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["split_id"], ["split.id"], name="fk_split_article_split_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("split_id", "article_id", name="pk_split_article"),
    )
    op.create_index("ix_split_article_article_id", "split_article", ["article_id"], unique=False)
    op.create_table(
        "split_move",
        sa.Column("split_id", KEY, nullable=False),
        sa.Column("place", KEY, nullable=False),
        sa.Column("row_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["split_id"], ["split.id"], name="fk_split_move_split_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_split_move_article_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("split_id", "place", "row_id", "position", name="pk_split_move"),
    )
    op.create_index("ix_split_move_article_id", "split_move", ["article_id"], unique=False)
    op.create_index("ix_split_move_place_row_id_position", "split_move", ["place", "row_id", "position"], unique=False)
    op.create_table(
        "retraction",
        sa.Column("id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("retracted_at", TIME, nullable=False),
        sa.Column("claim_count", sa.Integer(), nullable=False),
        sa.Column("mention_count", sa.Integer(), nullable=False),
        sa.Column("undone_at", TIME, nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_retraction"),
    )
    op.create_index("ix_retraction_article_id", "retraction", ["article_id"], unique=False)


def downgrade() -> None:
    for table in ("retraction", "split_move", "split_article", "split", "likeness", "entity_block"):
        op.drop_table(table)
    for table, column in (("mention", "parts"), ("entity", "is_reference"), ("alias", "is_name")):
        op.drop_column(table, column)
    _recreate_judgement(with_keys=True)


def _recreate_judgement(*, with_keys: bool) -> None:
    """Nothing could write the table before, so making it anew loses nothing."""
    op.drop_table("judgement")
    keys = [
        sa.ForeignKeyConstraint([side], ["entity.id"], name=f"fk_judgement_{side}", ondelete="CASCADE")
        for side in ("left_id", "right_id")
    ]
    op.create_table(
        "judgement",
        sa.Column("id", KEY, nullable=False),
        sa.Column("left_id", KEY, nullable=False),
        sa.Column("right_id", KEY, nullable=False),
        sa.Column("verdict", KEY, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("judged_at", TIME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("undone_at", TIME, nullable=True),
        *([] if with_keys else [sa.Column("undone_by", sa.Text(), nullable=True)]),
        *(keys if with_keys else []),
        sa.PrimaryKeyConstraint("id", name="pk_judgement"),
    )
    for side in ("left_id", "right_id"):
        op.create_index(f"ix_judgement_{side}", "judgement", [side], unique=False)
