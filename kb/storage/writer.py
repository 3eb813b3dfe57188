"""What ingestion writes: one article with all that was read from it, and the events of its claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.domain.article import Article
from kb.domain.extraction import Extraction
from kb.domain.result import ArticleState, HitKind
from kb.errors import DocumentError
from kb.storage.batches import rows_in
from kb.storage.blocks import save_article_blocks, save_claim_blocks
from kb.storage.changes import CAME, record_changes
from kb.storage.claim_writer import save_claims, save_facts, save_quantities
from kb.storage.dates import sort_date, zone_offset
from kb.storage.entity_writer import count_new_mentions, save_entities
from kb.storage.event_writer import save_events
from kb.storage.insertion import insert_new, insert_rows
from kb.storage.retractions import list_retracted, lookup_retraction
from kb.storage.search_writer import save_documents
from kb.storage.tables import (
    ARTICLE,
    MENTION,
    SOURCE,
)

__all__: Final = ["lookup_article_state", "require_storable", "save_events", "save_extraction", "save_extractions"]


def lookup_article_state(session: Session, article_id: str) -> ArticleState:
    """Whether the store has the article, or had it and is not to have it again."""
    found = session.execute(select(ARTICLE.c.id).where(ARTICLE.c.id == article_id)).scalar()
    if found is not None:
        return ArticleState.KNOWN
    return ArticleState.NEW if lookup_retraction(session, article_id) is None else ArticleState.RETRACTED


def save_extraction(
    session: Session,
    extraction: Extraction,
    run_id: str | None,
    blocks: Mapping[str, Collection[str]],
    article_blocks: Collection[str] = (),
) -> bool:
    """Writes one article with the block keys of it and of its claims; False, and nothing written, where the store has it."""
    saved = bool(save_extractions(session, [extraction], run_id))
    if saved:
        save_claim_blocks(session, {claim.id: blocks.get(claim.id, ()) for claim in extraction.claims})
        save_article_blocks(session, {extraction.article.id: article_blocks})
    return saved


def save_extractions(session: Session, extractions: Sequence[Extraction], run_id: str | None) -> tuple[Extraction, ...]:
    """Writes articles with everything read from them; returns those that the store did not have already and may have.

    What it costs is mostly a matter of how many statements there are, and several articles need no more of them than one.
    The claims have no event until `save_events`. Raises DocumentError, and writes nothing, for a text that no database can keep.
    """
    for extraction in extractions:
        require_storable(extraction.article)
    ids = {extraction.article.id: extraction for extraction in extractions}
    known = {row.id for row in rows_in(session, select(ARTICLE.c.id), ARTICLE.c.id, ids)} | list_retracted(session, ids)
    new = tuple(extraction for each, extraction in ids.items() if each not in known)
    if new:
        _save_articles(session, new, run_id)
        save_entities(session, [e for each in new for e in each.entities])
        count_new_mentions(session, Counter(m.entity_id for each in new for m in each.mentions))
        _save_mentions(session, new)
        save_claims(session, [claim for each in new for claim in each.claims])
        save_facts(session, [fact for each in new for fact in each.facts])
        save_quantities(session, [quantity for each in new for quantity in each.quantities])
        save_documents(session, HitKind.ARTICLE, {each.article.id: (each.article.title, each.article.text) for each in new})
        save_documents(session, HitKind.CLAIM, {claim.id: ("", claim.sentence.text) for each in new for claim in each.claims})
        record_changes(session, "article", CAME, [each.article.id for each in new])
    return new


def _save_articles(session: Session, extractions: Sequence[Extraction], run_id: str | None) -> None:
    sources = {each.source.id: each.source for each in extractions if each.source is not None}
    rows = [{"id": source.id, "name": source.name, "domain": source.domain} for source in sources.values()]
    insert_new(session, SOURCE, rows)
    insert_rows(session, ARTICLE, [_article_row(e.article, e.source.id if e.source else None, run_id) for e in extractions])


def _save_mentions(session: Session, extractions: Sequence[Extraction]) -> None:
    rows = [
        {
            "id": m.id,
            "article_id": m.article_id,
            "entity_id": m.entity_id,
            "start": m.start,
            "end": m.end,
            "text": m.text,
            "form": str(m.form),
            "score": m.score,
            "reason": m.reason,
            "parts": m.parts,
        }
        for extraction in extractions
        for m in extraction.mentions
    ]
    insert_rows(session, MENTION, rows)


def require_storable(article: Article) -> None:
    """Raises DocumentError for an article with a text that no database can keep."""
    for text in (article.original, article.text, article.title, article.file, article.url or "", article.publisher or ""):
        if "\x00" in text:
            raise DocumentError(article.file, "binary", f"{article.file} contains NUL characters; save it as plain text")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise DocumentError(article.file, "encoding", f"{article.file} contains half a character; save it as UTF-8") from None


def _article_row(article: Article, source_id: str | None, run_id: str | None) -> dict[str, object]:
    return {
        "id": article.id,
        "source_id": source_id,
        "run_id": run_id,
        "file": article.file,
        "title": article.title,
        "text": article.text,
        "original": article.original,
        "paragraphs": [list(each) for each in article.paragraphs],
        "offsets": [list(article.offsets.clean_starts), list(article.offsets.original_starts), list(article.offsets.lengths)],
        "repairs": list(article.repairs),
        "url": article.url,
        "publisher": article.publisher,
        "published_at": article.published_at,
        "published_offset": zone_offset(article.published_at),
        "published_on": article.published_on,
        "sort_date": sort_date(article.published_on),
        "published_inferred": article.published_inferred,
        "language": article.language,
    }
