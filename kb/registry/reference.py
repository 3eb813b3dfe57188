"""The reference set in the database: brought in, brought up to date, and what people and articles say is left as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kb.domain.claim import Fact
from kb.domain.entity import Alias, Entity
from kb.domain.ids import content_id
from kb.domain.reference import ReferenceEntity, to_entity
from kb.nlp.fact_patterns import load_fact_patterns
from kb.registry.cluster import compare_names, list_region, recluster
from kb.registry.follow import drop_unsupported, follow
from kb.registry.groupers import Groupers
from kb.registry.reference_facts import list_reference_facts
from kb.storage import claim_writer, entity_writer, reference_writer
from kb.storage.changes import CHANGED, record_changes
from kb.storage.reference_writer import StoredEntity
from kb.storage.session import Session


@dataclass(frozen=True, slots=True)
class ReferenceChanges:
    """What bringing the database up to date with the reference set came to.

    `entities_kept` are no longer in the set but stay, as articles or people speak of them; a fact that is superseded stays on
    record.
    """

    entities_came: int = 0
    entities_changed: int = 0
    entities_went: int = 0
    entities_kept: int = 0
    names_came: int = 0
    names_went: int = 0
    facts_came: int = 0
    facts_superseded: int = 0


@dataclass(frozen=True, slots=True)
class _Names:
    """Names that come and go, each with the id of the entity that bears it."""

    came: tuple[tuple[str, Alias], ...]
    gone: tuple[tuple[str, Alias], ...]


def load_reference_set(session: Session, groupers: Groupers, known: Sequence[ReferenceEntity]) -> ReferenceChanges:
    """Makes the database hold what the set says; the same set a second time changes nothing.

    What the set no longer has goes, unless an article, a judgement or a curator speaks for it. Names and decisions of curators
    stay; whatever follows from names that came or went is right afterwards.
    """
    wanted = {entity.id: entity for entity in map(to_entity, known)}
    stored = reference_writer.list_stored_entities(session, wanted)
    new = wanted.keys() - stored.keys()
    stale = frozenset(each for each, entity in stored.items() if entity.is_reference and each not in wanted)
    joining = {each for each in wanted.keys() - new if not stored[each].is_reference}
    names = _compare_names(session, wanted, stored)
    kinds = {each: wanted[each].kind for each in wanted.keys() - new if stored[each].kind is not wanted[each].kind}
    renamed = {entity_id for entity_id, _ in (*names.came, *names.gone)} - new

    reference_writer.delete_names(session, names.gone)
    saved = sorted(new | joining | renamed - stale)
    entity_writer.save_entities(session, [wanted[each] for each in saved], reference=True)
    reference_writer.save_kinds(session, kinds)
    reference_writer.unmark(session, stale)
    reference_writer.refresh_entities(session, renamed)
    came, superseded, moved = _save_facts(session, list_reference_facts(known, load_fact_patterns()))
    changed = (renamed | kinds.keys() | {fact.subject_id for fact in (*came, *superseded, *moved)}) - new
    _follow(session, groupers, new | joining | kinds.keys(), stale)
    gone = stale - reference_writer.list_stored_entities(session, stale).keys()
    record_changes(session, "entity", CHANGED, sorted((changed | stale) - gone))
    return ReferenceChanges(
        entities_came=len(new),
        entities_changed=len(changed - stale),
        entities_went=len(gone),
        entities_kept=len(stale) - len(gone),
        names_came=len(names.came),
        names_went=len(names.gone),
        facts_came=len(came),
        facts_superseded=len(superseded),
    )


def _compare_names(session: Session, wanted: Mapping[str, Entity], stored: Mapping[str, StoredEntity]) -> _Names:
    came, gone = [], []
    for each, entity in wanted.items():
        aliases = frozenset(filter(reference_writer.is_storable_name, entity.aliases))
        there = stored[each].aliases if each in stored else frozenset()
        came += [(each, alias) for alias in aliases - there]
        gone += [(each, alias) for alias in there - aliases]
    for each, old in stored.items():
        if old.is_reference and each not in wanted:
            gone += [(each, alias) for alias in old.aliases if alias.name != old.name]
    used = reference_writer.list_used_names(session, {each for each, _ in gone})
    # A name that only its kind or origin changes is not one that an article would have to keep.
    staying = {(each, alias.name) for each, alias in came}
    gone = [(each, alias) for each, alias in gone if (each, alias.name) in staying or (each, alias.name) not in used]
    return _Names(tuple(came), tuple(gone))


def _save_facts(session: Session, wanted: Sequence[Fact]) -> tuple[list[Fact], list[Fact], list[Fact]]:
    """Writes the facts that are new and supersedes those that the set does not state any more; returns both, and those that
    another part of the set states now."""
    now = datetime.now(UTC)
    stored = reference_writer.list_reference_facts(session)
    standing = {_content(fact): fact for fact in stored if fact.superseded_at is None}
    # What was stated before, taken back and is stated again is another row than then.
    before = Counter(_content(fact) for fact in stored if fact.superseded_at is not None)
    content = {_content(fact): fact for fact in wanted}
    came = [
        replace(fact, id=content_id("fct", "reference", *key, str(before[key])), recorded_at=now)
        for key, fact in content.items()
        if key not in standing
    ]
    superseded = [fact for key, fact in standing.items() if key not in content]
    reference_writer.supersede_facts(session, [fact.id for fact in superseded], now)
    claim_writer.save_facts(session, came)
    moved = [fact for key, fact in standing.items() if key in content and content[key].origin != fact.origin]
    reference_writer.save_origins(session, {fact.id: content[_content(fact)].origin for fact in moved})
    return came, superseded, moved


def _content(fact: Fact) -> tuple[str, ...]:
    parts = (fact.subject_id, fact.predicate, fact.object_id, fact.object_text, fact.valid_from, fact.valid_to)
    return tuple("" if part is None else str(part) for part in parts)


def _follow(session: Session, groupers: Groupers, touched: Collection[str], stale: frozenset[str]) -> None:
    """Compares new names with those that articles brought, and lets go what nothing speaks for any more."""
    compare_names(session, touched)
    changed = recluster(session, list_region(session, {*touched, *stale}))
    follow(session, groupers, changed)
    drop_unsupported(session, groupers, stale - reference_writer.list_renamed(session, stale))
