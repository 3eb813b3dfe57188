"""The first tables: articles, entities, claims, events and what they add up to, with full-text search."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_initial"
down_revision = None
branch_labels = None
depends_on = None

# Compared by code point on both databases, whatever the locale of a PostgreSQL cluster.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True)

TABLES_LAST_FIRST = (
    "claim_block",
    "claim_argument",
    "relation_claim",
    "event_participant",
    "event_link",
    "claim",
    "relation",
    "quantity_attribution",
    "mention",
    "judgement",
    "fact",
    "event",
    "alias",
    "story_article",
    "quantity",
    "entity",
    "article_block",
    "ingest_failure",
    "article",
    "story",
    "source",
    "search_document",
    "ingest_run",
    "change",
    "api_token",
)


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.Column("last_used_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("digest", name="uq_api_token_digest"),
    )
    op.create_table(
        "change",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("noun", KEY, nullable=False),
        sa.Column("noun_id", KEY, nullable=False),
        sa.Column("operation", KEY, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_change"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_change_noun_noun_id", "change", ["noun", "noun_id"], unique=False)
    op.create_table(
        "ingest_run",
        sa.Column("id", KEY, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("finished_at", TIME, nullable=True),
        sa.Column("articles_read", sa.Integer(), nullable=False),
        sa.Column("articles_saved", sa.Integer(), nullable=False),
        sa.Column("articles_known", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ingest_run"),
    )
    op.create_index("ix_ingest_run_started_at_id", "ingest_run", ["started_at", "id"], unique=False)
    op.create_table(
        "search_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("noun_id", KEY, nullable=False),
        sa.Column("title_terms", sa.Text(), nullable=False),
        sa.Column("body_terms", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_document"),
    )
    op.create_index("ix_search_document_kind_noun_id", "search_document", ["kind", "noun_id"], unique=True)
    op.create_table(
        "source",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
    )
    op.create_table(
        "story",
        sa.Column("id", KEY, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sort_date", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_story"),
    )
    op.create_index("ix_story_sort_date_id", "story", ["sort_date", "id"], unique=False)
    op.create_table(
        "article",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source_id", KEY, nullable=True),
        sa.Column("run_id", KEY, nullable=True),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("paragraphs", sa.JSON(), nullable=False),
        sa.Column("offsets", sa.JSON(), nullable=False),
        sa.Column("repairs", sa.JSON(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("published_at", TIME, nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("sort_date", sa.Date(), nullable=False),
        sa.Column("published_inferred", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_article_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
    )
    op.create_index("ix_article_sort_date_id", "article", ["sort_date", "id"], unique=False)
    op.create_index("ix_article_source_id_sort_date_id", "article", ["source_id", "sort_date", "id"], unique=False)
    op.create_table(
        "ingest_failure",
        sa.Column("id", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("origin", KEY, nullable=False),
        sa.Column("reason", KEY, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("failed_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["ingest_run.id"], name="fk_ingest_failure_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_ingest_failure"),
    )
    op.create_index("ix_ingest_failure_failed_at_id", "ingest_failure", ["failed_at", "id"], unique=False)
    op.create_index("ix_ingest_failure_run_id", "ingest_failure", ["run_id"], unique=False)
    op.create_table(
        "article_block",
        sa.Column("block_key", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_article_block_article_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("block_key", "article_id", name="pk_article_block"),
    )
    op.create_index("ix_article_block_article_id", "article_block", ["article_id"], unique=False)
    op.create_table(
        "entity",
        sa.Column("id", KEY, nullable=False),
        sa.Column("canonical_id", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_sort", KEY, nullable=False),
        sa.Column("wikidata_id", KEY, nullable=True),
        sa.Column("article_id", KEY, nullable=True),
        sa.Column("mention_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_entity_article_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["canonical_id"], ["entity.id"], name="fk_entity_canonical_id"),
        sa.PrimaryKeyConstraint("id", name="pk_entity"),
    )
    op.create_index("ix_entity_article_id", "entity", ["article_id"], unique=False)
    op.create_index("ix_entity_canonical_id", "entity", ["canonical_id"], unique=False)
    op.create_index("ix_entity_mention_count_id", "entity", ["mention_count", "id"], unique=False)
    op.create_index("ix_entity_name_sort_id", "entity", ["name_sort", "id"], unique=False)
    op.create_index("ix_entity_wikidata_id", "entity", ["wikidata_id"], unique=False)
    op.create_table(
        "quantity",
        sa.Column("id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("about", KEY, nullable=False),
        sa.Column("low", sa.Float(), nullable=False),
        sa.Column("high", sa.Float(), nullable=False),
        sa.Column("bound", KEY, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sentence_start", sa.Integer(), nullable=False),
        sa.Column("sentence_end", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_quantity_article_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_quantity"),
    )
    op.create_index("ix_quantity_article_id_sentence_start_id", "quantity", ["article_id", "sentence_start", "id"], unique=False)
    op.create_table(
        "story_article",
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("story_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_story_article_article_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_story_article_story_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", name="pk_story_article"),
    )
    op.create_index("ix_story_article_story_id_position", "story_article", ["story_id", "position"], unique=False)
    op.create_table(
        "alias",
        sa.Column("entity_id", KEY, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("origin", KEY, nullable=False),
        sa.Column("name_folded", KEY, nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_alias_entity_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entity_id", "name", "kind", "origin", name="pk_alias"),
    )
    op.create_index("ix_alias_name_folded", "alias", ["name_folded"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("modality", KEY, nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("date_precision", KEY, nullable=True),
        sa.Column("sort_date", sa.Date(), nullable=False),
        sa.Column("place_id", KEY, nullable=True),
        sa.Column("source_count", sa.Integer(), nullable=False),
        sa.Column("claim_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["entity.id"], name="fk_event_place_id"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_claim_count_id", "event", ["claim_count", "id"], unique=False)
    op.create_index("ix_event_sort_date_id", "event", ["sort_date", "id"], unique=False)
    op.create_index("ix_event_source_count_id", "event", ["source_count", "id"], unique=False)
    op.create_index("ix_event_type_sort_date_id", "event", ["type", "sort_date", "id"], unique=False)
    op.create_table(
        "fact",
        sa.Column("id", KEY, nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("predicate", KEY, nullable=False),
        sa.Column("object_id", KEY, nullable=True),
        sa.Column("object_text", sa.Text(), nullable=True),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("sentence_start", sa.Integer(), nullable=False),
        sa.Column("sentence_end", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.Column("superseded_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_fact_article_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["object_id"], ["entity.id"], name="fk_fact_object_id"),
        sa.ForeignKeyConstraint(["subject_id"], ["entity.id"], name="fk_fact_subject_id"),
        sa.PrimaryKeyConstraint("id", name="pk_fact"),
    )
    op.create_index("ix_fact_article_id", "fact", ["article_id"], unique=False)
    op.create_index("ix_fact_object_id", "fact", ["object_id"], unique=False)
    op.create_index("ix_fact_subject_id_predicate_id", "fact", ["subject_id", "predicate", "id"], unique=False)
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
        sa.ForeignKeyConstraint(["left_id"], ["entity.id"], name="fk_judgement_left_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["right_id"], ["entity.id"], name="fk_judgement_right_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_judgement"),
    )
    op.create_index("ix_judgement_left_id", "judgement", ["left_id"], unique=False)
    op.create_index("ix_judgement_right_id", "judgement", ["right_id"], unique=False)
    op.create_table(
        "mention",
        sa.Column("id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("entity_id", KEY, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("form", KEY, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_mention_article_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_mention_entity_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mention"),
    )
    op.create_index("ix_mention_article_id_start_id", "mention", ["article_id", "start", "id"], unique=False)
    op.create_index(
        "ix_mention_entity_id_article_id_start_id", "mention", ["entity_id", "article_id", "start", "id"], unique=False
    )
    op.create_table(
        "quantity_attribution",
        sa.Column("quantity_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entity_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_quantity_attribution_entity_id"),
        sa.ForeignKeyConstraint(["quantity_id"], ["quantity.id"], name="fk_quantity_attribution_quantity_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("quantity_id", "position", name="pk_quantity_attribution"),
    )
    op.create_index("ix_quantity_attribution_entity_id", "quantity_attribution", ["entity_id"], unique=False)
    op.create_table(
        "relation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("object_id", KEY, nullable=False),
        sa.Column("modality", KEY, nullable=False),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.Column("claim_count", sa.Integer(), nullable=False),
        sa.Column("source_count", sa.Integer(), nullable=False),
        sa.Column("first_date", sa.Date(), nullable=True),
        sa.Column("last_date", sa.Date(), nullable=True),
        sa.Column("last_sort_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["object_id"], ["entity.id"], name="fk_relation_object_id"),
        sa.ForeignKeyConstraint(["subject_id"], ["entity.id"], name="fk_relation_subject_id"),
        sa.PrimaryKeyConstraint("id", name="pk_relation"),
    )
    op.create_index("ix_relation_event_count_id", "relation", ["event_count", "id"], unique=False)
    op.create_index("ix_relation_last_sort_date_id", "relation", ["last_sort_date", "id"], unique=False)
    op.create_index("ix_relation_object_id_subject_id_type", "relation", ["object_id", "subject_id", "type"], unique=False)
    op.create_index("ix_relation_source_count_id", "relation", ["source_count", "id"], unique=False)
    op.create_index("ix_relation_subject_id_object_id_type", "relation", ["subject_id", "object_id", "type"], unique=False)
    op.create_table(
        "claim",
        sa.Column("id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("event_id", KEY, nullable=True),
        sa.Column("about_claim_id", KEY, nullable=True),
        sa.Column("type", KEY, nullable=False),
        sa.Column("modality", KEY, nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("date_precision", KEY, nullable=True),
        sa.Column("sort_date", sa.Date(), nullable=False),
        sa.Column("sentence_start", sa.Integer(), nullable=False),
        sa.Column("sentence_end", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("trigger_start", sa.Integer(), nullable=False),
        sa.Column("trigger_end", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["about_claim_id"], ["claim.id"], name="fk_claim_about_claim_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_claim_article_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_claim_event_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_claim"),
    )
    op.create_index("ix_claim_about_claim_id", "claim", ["about_claim_id"], unique=False)
    op.create_index("ix_claim_article_id_sentence_start_id", "claim", ["article_id", "sentence_start", "id"], unique=False)
    op.create_index("ix_claim_confidence_id", "claim", ["confidence", "id"], unique=False)
    op.create_index("ix_claim_event_id", "claim", ["event_id"], unique=False)
    op.create_index("ix_claim_sort_date_id", "claim", ["sort_date", "id"], unique=False)
    op.create_index("ix_claim_type_sort_date_id", "claim", ["type", "sort_date", "id"], unique=False)
    op.create_table(
        "event_link",
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("about_event_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["about_event_id"], ["event.id"], name="fk_event_link_about_event_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_event_link_event_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id", "about_event_id", name="pk_event_link"),
    )
    op.create_index("ix_event_link_about_event_id", "event_link", ["about_event_id"], unique=False)
    op.create_table(
        "event_participant",
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("role", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entity_id", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("sort_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_event_participant_entity_id"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_event_participant_event_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id", "role", "position", name="pk_event_participant"),
    )
    op.create_index(
        "ix_event_participant_entity_id_sort_date_event_id",
        "event_participant",
        ["entity_id", "sort_date", "event_id"],
        unique=False,
    )
    op.create_index(
        "ix_event_participant_entity_id_type_sort_date_event_id",
        "event_participant",
        ["entity_id", "type", "sort_date", "event_id"],
        unique=False,
    )
    op.create_table(
        "relation_claim",
        sa.Column("claim_id", KEY, nullable=False),
        sa.Column("relation_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name="fk_relation_claim_claim_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["relation_id"], ["relation.id"], name="fk_relation_claim_relation_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("claim_id", "relation_id", name="pk_relation_claim"),
    )
    op.create_index("ix_relation_claim_relation_id_claim_id", "relation_claim", ["relation_id", "claim_id"], unique=False)
    op.create_table(
        "claim_argument",
        sa.Column("claim_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", KEY, nullable=False),
        sa.Column("entity_id", KEY, nullable=False),
        sa.Column("mention_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name="fk_claim_argument_claim_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_claim_argument_entity_id"),
        sa.ForeignKeyConstraint(["mention_id"], ["mention.id"], name="fk_claim_argument_mention_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("claim_id", "position", name="pk_claim_argument"),
    )
    op.create_index(
        "ix_claim_argument_entity_id_role_claim_id", "claim_argument", ["entity_id", "role", "claim_id"], unique=False
    )
    op.create_index("ix_claim_argument_mention_id", "claim_argument", ["mention_id"], unique=False)
    op.create_table(
        "claim_block",
        sa.Column("block_key", KEY, nullable=False),
        sa.Column("claim_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name="fk_claim_block_claim_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("block_key", "claim_id", name="pk_claim_block"),
    )
    op.create_index("ix_claim_block_claim_id", "claim_block", ["claim_id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        make_fts5_index()
    else:
        make_tsvector_index()
        make_trigram_index()


def make_fts5_index() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE search_index USING fts5("
        "title_terms, body_terms, content='search_document', content_rowid='id', tokenize='unicode61 remove_diacritics 0')"
    )
    added = "INSERT INTO search_index(rowid, title_terms, body_terms) VALUES (new.id, new.title_terms, new.body_terms);"
    removed = (
        "INSERT INTO search_index(search_index, rowid, title_terms, body_terms) "
        "VALUES ('delete', old.id, old.title_terms, old.body_terms);"
    )
    op.execute(f"CREATE TRIGGER search_document_added AFTER INSERT ON search_document BEGIN {added} END")
    op.execute(f"CREATE TRIGGER search_document_removed AFTER DELETE ON search_document BEGIN {removed} END")
    op.execute(f"CREATE TRIGGER search_document_changed AFTER UPDATE ON search_document BEGIN {removed} {added} END")


def make_tsvector_index() -> None:
    op.execute(
        "ALTER TABLE search_document ADD COLUMN terms tsvector GENERATED ALWAYS AS "
        "(setweight(to_tsvector('simple', title_terms), 'A') || setweight(to_tsvector('simple', body_terms), 'D')) STORED"
    )
    op.execute("CREATE INDEX ix_search_document_terms ON search_document USING gin (terms)")


def make_trigram_index() -> None:
    # An extension needs a right that a hosted database may not give. Without it, names are found as well, only slower.
    op.execute(
        """
        DO $$
        BEGIN
            CREATE EXTENSION IF NOT EXISTS pg_trgm;
        EXCEPTION WHEN OTHERS THEN
            RAISE NOTICE 'pg_trgm is not available: %', SQLERRM;
        END
        $$
        """
    )
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")):
        op.execute("CREATE INDEX ix_alias_name_folded_trgm ON alias USING gin (name_folded gin_trgm_ops)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    for table in TABLES_LAST_FIRST:
        op.drop_table(table)
