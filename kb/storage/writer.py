"""What ingestion writes: one article with all that was read from it, and the events of its claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
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

__all__: Final = ["lookup_article_state", "require_storable", "save_events", "save_extraction", "save_extractions"]

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
    """Writes one article as `save_extractions` does; False, and nothing written, where the store has it already."""
    return bool(save_extractions(session, [extraction], run_id, blocks, {extraction.article.id: article_blocks}))


def save_extractions(
    session: Session,
    extractions: Sequence[Extraction],
    run_id: str | None,
    blocks: Mapping[str, Collection[str]],
    article_blocks: Mapping[str, Collection[str]],
) -> tuple[Extraction, ...]:
    """Writes articles with everything read from them; returns those that the store did not have already.

    What it costs is mostly a matter of how many statements there are, and several articles need no more of them than one.
    `blocks` holds the block keys of each claim id, `article_blocks` those of each article id. The claims have no event until
    `save_events`. Raises DocumentError, and writes nothing, for a text that no database can keep.
    """
    for extraction in extractions:
        require_storable(extraction.article)
    ids = {extraction.article.id: extraction for extraction in extractions}
    known = {row.id for row in rows_in(session, select(ARTICLE.c.id), ARTICLE.c.id, ids)}
    new = tuple(extraction for each, extraction in ids.items() if each not in known)
    if new:
        _save_articles(session, new, run_id)
        _save_entities(session, new)
        _save_mentions(session, new)
        save_claims(session, [claim for each in new for claim in each.claims], blocks)
        save_facts(session, [fact for each in new for fact in each.facts])
        save_quantities(session, [quantity for each in new for quantity in each.quantities])
        keys = [(key, each.article.id) for each in new for key in sorted(article_blocks.get(each.article.id, ()))]
        if keys:
            session.execute(insert(ARTICLE_BLOCK), [{"block_key": key, "article_id": article_id} for key, article_id in keys])
        save_documents(session, HitKind.ARTICLE, {each.article.id: (each.article.title, each.article.text) for each in new})
        save_documents(session, HitKind.CLAIM, {claim.id: ("", claim.sentence.text) for each in new for claim in each.claims})
        record_changes(session, "article", CAME, [each.article.id for each in new])
    return new


def _save_articles(session: Session, extractions: Sequence[Extraction], run_id: str | None) -> None:
    sources = {each.source.id: each.source for each in extractions if each.source is not None}
    rows = [{"id": source.id, "name": source.name, "domain": source.domain} for source in sources.values()]
    insert_new(session, SOURCE, rows)
    session.execute(insert(ARTICLE), [_article_row(e.article, e.source.id if e.source else None, run_id) for e in extractions])


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
        }
        for extraction in extractions
        for m in extraction.mentions
    ]
    if rows:
        session.execute(insert(MENTION), rows)


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


def _save_entities(session: Session, extractions: Sequence[Extraction]) -> None:
    named: dict[str, Entity] = {}
    for entity in sorted((e for each in extractions for e in each.entities), key=lambda entity: entity.id):
        # Articles may spell a name differently; which was read first must not decide how it is shown.
        if entity.id not in named or _preference(entity.name) < _preference(named[entity.id].name):
            named[entity.id] = entity
    known = {row.id: row.name for row in rows_in(session, select(ENTITY.c.id, ENTITY.c.name), ENTITY.c.id, named)}
    new = [entity for entity in named.values() if entity.id not in known]
    if new:
        session.execute(insert(ENTITY), [_entity_row(entity) for entity in new])
        record_changes(session, "entity", CAME, [entity.id for entity in new])
    for entity in named.values():
        if entity.id in known and _preference(entity.name) < _preference(known[entity.id]):
            better = {"name": entity.name, "name_sort": fold(entity.name)[:_MAX_SORT]}
            session.execute(update(ENTITY).where(ENTITY.c.id == entity.id).values(better))
    _save_aliases(session, [e for each in extractions for e in each.entities], {entity.id for entity in new})
    _count_mentions(session, Counter(mention.entity_id for each in extractions for mention in each.mentions))


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


def _save_aliases(session: Session, entities: Sequence[Entity], new: Collection[str]) -> None:
    wanted = {
        (entity.id, alias.name, str(alias.kind), alias.origin)
        for entity in entities
        for alias in entity.aliases
        if len(alias.name) <= _MAX_NAME
    }
    # A name has as many rows as articles use it; what is asked is only whether there is one.
    names = select(ALIAS.c.entity_id, ALIAS.c.name).distinct()
    known = {tuple(row) for row in rows_in(session, names, ALIAS.c.entity_id, (entity.id for entity in entities))}
    folded = {name: fold(name) for _, name, _, _ in wanted}
    columns = ("entity_id", "name", "kind", "origin")
    rows = [dict(zip(columns, key, strict=True)) | {"name_folded": folded[key[1]]} for key in sorted(wanted)]
    insert_new(session, ALIAS, rows)
    # A further origin of a name that is known adds no word to look for.
    renamed = {key[0] for key in wanted if key[:2] not in known} | set(new)
    save_documents(session, HitKind.ENTITY, _entity_documents(session, renamed))


def _entity_documents(session: Session, entity_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    names: dict[str, set[str]] = {}
    for row in rows_in(session, select(ENTITY.c.id, ENTITY.c.name), ENTITY.c.id, entity_ids):
        names.setdefault(row.id, set()).add(row.name)
    for row in rows_in(session, select(ALIAS.c.entity_id, ALIAS.c.name).distinct(), ALIAS.c.entity_id, entity_ids):
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
