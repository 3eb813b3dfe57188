"""Articles that carry one text are known as copies, so that they count as one source."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_near_duplicates"
down_revision = "20261122_published_offset"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    # Articles of before have no sketch: they are copies of nothing until they are ingested into a new database.
    op.add_column("article", sa.Column("copy_group", KEY, nullable=True))
    op.create_index("ix_article_copy_group_id", "article", ["copy_group", "id"], unique=False)
    op.create_table(
        "article_sketch",
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_article_sketch_article_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", name="pk_article_sketch"),
    )
    op.create_table(
        "article_band",
        sa.Column("band_key", sa.BigInteger(), nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_article_band_article_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("band_key", "article_id", name="pk_article_band"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_band_article_id", "article_band", ["article_id"], unique=False)


def downgrade() -> None:
    op.drop_table("article_band")
    op.drop_table("article_sketch")
    op.drop_index("ix_article_copy_group_id", "article")
    with op.batch_alter_table("article") as table:
        table.drop_column("copy_group")
