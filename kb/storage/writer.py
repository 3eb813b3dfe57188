"""What ingestion writes: one article with all that was read from it, and the events of its claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from kb.domain.article import Article
from kb.domain.entity import Entity
from kb.domain.extraction import Extraction
from kb.domain.result import ArticleState, HitKind
from kb.errors import DocumentError
from kb.storage.batches import rows_in
from kb.storage.changes import CAME, record_changes
from kb.storage.claim_writer import save_claims, save_facts, save_quantities
from kb.storage.dates import sort_date, zone_offset
from kb.storage.dialect import insert_new
from kb.storage.event_writer import save_events
from kb.storage.search_writer import save_documents
from kb.storage.tables import (
    ALIAS,
    ARTICLE,
    ARTICLE_BLOCK,
    ENTITY,
    MENTION,
    SOURCE,
)
from kb.storage.terms import fold

__all__: Final = ["lookup_article_state", "save_events", "save_extraction"]

# A B-tree of PostgreSQL refuses keys beyond 2,700 bytes, and no name of anything is as long.
_MAX_NAME: Final = 300
_MAX_SORT: Final = 200


def lookup_article_state(session: Session, article_id: str) -> ArticleState:
    """Whether the store has the article."""
    found = session.execute(select(ARTICLE.c.id).where(ARTICLE.c.id == article_id)).scalar()
    return ArticleState.NEW if found is None else ArticleState.KNOWN


def save_extraction(
    session: Session,
    extraction: Extraction,
    run_id: str | None,
    blocks: Mapping[str, Collection[str]],
    article_blocks: Collection[str] = (),
) -> bool:
    """Writes an article with everything read from it; False, and nothing written, where the store has it already.

    `blocks` holds the block keys of each claim id, `article_blocks` those of the article. The claims have no event until
    `save_events`. Raises DocumentError for a text that no database can keep.
    """
    article = extraction.article
    _require_storable(article)
    if lookup_article_state(session, article.id) is ArticleState.KNOWN:
        return False
    if extraction.source is not None:
        source = extraction.source
        insert_new(session, SOURCE, [{"id": source.id, "name": source.name, "domain": source.domain}])
    session.execute(insert(ARTICLE), [_article_row(article, extraction.source.id if extraction.source else None, run_id)])
    _save_entities(session, extraction)
    if extraction.mentions:
        session.execute(
            insert(MENTION),
            [
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
                }
                for m in extraction.mentions
            ],
        )
    save_claims(session, extraction.claims, blocks)
    save_facts(session, extraction.facts)
    save_quantities(session, extraction.quantities)
    if article_blocks:
        session.execute(insert(ARTICLE_BLOCK), [{"block_key": key, "article_id": article.id} for key in sorted(article_blocks)])
    save_documents(session, HitKind.ARTICLE, {article.id: (article.title, article.text)})
    save_documents(session, HitKind.CLAIM, {claim.id: ("", claim.sentence.text) for claim in extraction.claims})
    record_changes(session, "article", CAME, [article.id])
    return True


def _require_storable(article: Article) -> None:
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


def _save_entities(session: Session, extraction: Extraction) -> None:
    entities = sorted(extraction.entities, key=lambda entity: entity.id)
    known = {
        row.id: row.name for row in rows_in(session, select(ENTITY.c.id, ENTITY.c.name), ENTITY.c.id, [e.id for e in entities])
    }
    new = [entity for entity in entities if entity.id not in known]
    if new:
        session.execute(insert(ENTITY), [_entity_row(entity) for entity in new])
        record_changes(session, "entity", CAME, [entity.id for entity in new])
    for entity in entities:
        # Articles may spell a name differently; which was read first must not decide how it is shown.
        if entity.id in known and _preference(entity.name) < _preference(known[entity.id]):
            named = {"name": entity.name, "name_sort": fold(entity.name)[:_MAX_SORT]}
            session.execute(update(ENTITY).where(ENTITY.c.id == entity.id).values(named))
    _save_aliases(session, entities, {entity.id for entity in new})
    _count_mentions(session, Counter(mention.entity_id for mention in extraction.mentions))


def _preference(name: str) -> tuple[bool, str]:
    return (name.isupper() or name.islower(), name)


def _entity_row(entity: Entity) -> dict[str, object]:
    return {
        "id": entity.id,
        "canonical_id": entity.id,
        "kind": str(entity.kind),
        "name": entity.name,
        "name_sort": fold(entity.name)[:_MAX_SORT],
        "wikidata_id": entity.wikidata_id,
        "article_id": entity.article_id,
        "mention_count": 0,
    }


def _save_aliases(session: Session, entities: Iterable[Entity], new: Collection[str]) -> None:
    wanted = {
        (entity.id, alias.name, str(alias.kind), alias.origin): fold(alias.name)
        for entity in entities
        for alias in entity.aliases
        if len(alias.name) <= _MAX_NAME
    }
    keys = (ALIAS.c.entity_id, ALIAS.c.name, ALIAS.c.kind, ALIAS.c.origin)
    known = {tuple(row) for row in rows_in(session, select(*keys), ALIAS.c.entity_id, (entity.id for entity in entities))}
    missing = {key: folded for key, folded in wanted.items() if key not in known}
    if missing:
        rows = [dict(zip(("entity_id", "name", "kind", "origin"), key, strict=True)) for key in missing]
        session.execute(
            insert(ALIAS), [row | {"name_folded": folded} for row, folded in zip(rows, missing.values(), strict=True)]
        )
    known_names = {key[:2] for key in known}
    # A further origin of a name that is known adds no word to look for.
    renamed = {key[0] for key in missing if key[:2] not in known_names} | set(new)
    save_documents(session, HitKind.ENTITY, _entity_documents(session, renamed))


def _entity_documents(session: Session, entity_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    names: dict[str, set[str]] = {}
    for row in rows_in(session, select(ENTITY.c.id, ENTITY.c.name), ENTITY.c.id, entity_ids):
        names.setdefault(row.id, set()).add(row.name)
    for row in rows_in(session, select(ALIAS.c.entity_id, ALIAS.c.name), ALIAS.c.entity_id, entity_ids):
        names[row.entity_id].add(row.name)
    return {entity_id: (" ".join(sorted(found)), "") for entity_id, found in sorted(names.items())}


def _count_mentions(session: Session, counts: Mapping[str, int]) -> None:
    canonical: Counter[str] = Counter()
    for row in rows_in(session, select(ENTITY.c.id, ENTITY.c.canonical_id), ENTITY.c.id, counts):
        canonical[row.canonical_id] += counts[row.id]
    if canonical:
        statement = update(ENTITY).where(ENTITY.c.id == bindparam("key"))
        session.connection().execute(
            statement.values(mention_count=ENTITY.c.mention_count + bindparam("more")),
            [{"key": key, "more": more} for key, more in sorted(canonical.items())],
        )
