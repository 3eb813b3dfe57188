"""The operations as hand-written statements of SQLite, each of which answers with the whole response as text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

_ENTITY: Final = "json_object('id', c.id, 'kind', c.kind, 'name', c.name)"


def _participants(role: str) -> str:
    # Without a cast of what is sorted: group_concat takes the rows as the index gives them, which is by position.
    return f"""'[' || coalesce((
        SELECT group_concat({_ENTITY})
        FROM event_participant p JOIN entity m ON m.id = p.entity_id JOIN entity c ON c.id = m.canonical_id
        WHERE p.event_id = e.id AND p.role = '{role}'), '') || ']'"""


_CLAIMS: Final = """'[' || coalesce((
    SELECT group_concat(json_object(
        'id', k.id, 'sentence', k.sentence, 'confidence', k.confidence,
        'article', json_object(
            'id', a.id, 'title', a.title, 'url', a.url,
            'publishedAt', substr(a.published_at, 1, 10) || 'T' || substr(a.published_at, 12, 8) || 'Z',
            'source', CASE WHEN s.id IS NOT NULL THEN json_object('id', s.id, 'name', s.name) END
        )))
    FROM (SELECT id, sentence, confidence, article_id FROM claim WHERE event_id = e.id
          ORDER BY confidence DESC, id DESC LIMIT 3) k
    JOIN article a ON a.id = k.article_id LEFT JOIN source s ON s.id = a.source_id), '') || ']'"""

_ENTITY_PAGE: Final = f"""
SELECT '{{"data":{{"entity":' || coalesce((
    SELECT '{{"id":' || json_quote(f.id) || ',"kind":' || json_quote(f.kind) || ',"name":' || json_quote(f.name)
        || ',"wikidataId":' || json_quote(f.wikidata_id)
        || ',"aliases":[' || coalesce((
            SELECT group_concat(json_object('name', n.name, 'kind', upper(n.kind)))
            FROM (SELECT DISTINCT alias.kind, alias.name FROM entity m JOIN alias ON alias.entity_id = m.id
                  WHERE m.canonical_id = f.id ORDER BY alias.kind, alias.name) n), '')
        || '],"events":{{"nodes":[' || coalesce((
            SELECT group_concat('{{"id":' || json_quote(e.id) || ',"type":' || json_quote(upper(e.type))
                || ',"modality":' || json_quote(upper(e.modality)) || ',"date":' || json_quote(e.date)
                || ',"sourceCount":' || e.source_count
                || ',"subjects":' || {_participants("subject")} || ',"objects":' || {_participants("object")}
                || ',"claims":{{"nodes":' || {_CLAIMS} || '}}}}')
            FROM (
                SELECT DISTINCT p.sort_date, p.event_id FROM event_participant p
                WHERE p.entity_id IN (SELECT m.id FROM entity m WHERE m.canonical_id = f.id)
                ORDER BY p.sort_date DESC, p.event_id DESC LIMIT 20
            ) page
            JOIN event e ON e.id = page.event_id), '') || ']}}}}'
    FROM entity former JOIN entity f ON f.id = former.canonical_id WHERE former.id = ?
), 'null') || '}}}}'"""


def _events(after: str) -> str:
    return f"""
WITH page AS MATERIALIZED (
    SELECT latest.sort_date, latest.event_id, row_number() OVER () AS place
    FROM (
        SELECT DISTINCT p.sort_date, p.event_id FROM event_participant p
        WHERE p.entity_id IN (
            SELECT m.id FROM entity former JOIN entity m ON m.canonical_id = former.canonical_id WHERE former.id = :participant)
        AND p.type IN (SELECT value FROM json_each(:types)) AND p.sort_date BETWEEN :from AND :to {after}
        ORDER BY p.sort_date DESC, p.event_id DESC LIMIT 51
    ) latest
)
SELECT '{{"data":{{"events":{{"nodes":[' || coalesce((
    SELECT group_concat('{{"id":' || json_quote(e.id) || ',"type":' || json_quote(upper(e.type))
        || ',"modality":' || json_quote(upper(e.modality)) || ',"date":' || json_quote(e.date)
        || ',"subjects":' || {_participants("subject")} || ',"objects":' || {_participants("object")} || '}}')
    FROM page JOIN event e ON e.id = page.event_id WHERE page.place <= 50), '')
    || '],"pageInfo":' || json_object(
        'hasNextPage', json(iif((SELECT count(*) FROM page) > 50, 'true', 'false')),
        'endCursor', (SELECT page.sort_date || '~' || page.event_id FROM page WHERE page.place <= 50
                      ORDER BY page.place DESC LIMIT 1)) || '}}}}}}'"""


_FIRST_EVENTS: Final = _events("")
_LATER_EVENTS: Final = _events("AND (p.sort_date, p.event_id) < (:day, :event)")

_NAMES: Final = f"""
SELECT '{{"data":{{"entities":{{"nodes":[' || coalesce((
    SELECT group_concat({_ENTITY})
    FROM (
        SELECT e.id, e.kind, e.name
        FROM (SELECT DISTINCT entity_id FROM name_start WHERE start >= ? AND start < ?) bearing
        CROSS JOIN entity e ON e.id = bearing.entity_id
        ORDER BY e.name_sort, e.id LIMIT 20
    ) c), '') || ']}}}}}}'"""

_SCALARS: Final = """
SELECT '{"data":{"entity":' || coalesce((
    SELECT json_object('id', c.id, 'kind', c.kind, 'name', c.name, 'wikidataId', c.wikidata_id)
    FROM entity m JOIN entity c ON c.id = m.canonical_id WHERE m.id = ?
), 'null') || '}}'"""


def to_statement(operation: str, variables: dict[str, Any]) -> tuple[str, Sequence[Any] | dict[str, Any]]:
    """The statement that answers the operation, and its parameters."""
    if operation == "EntityPage":
        return _ENTITY_PAGE, (variables["id"],)
    if operation == "Scalars":
        return _SCALARS, (variables["id"],)
    if operation == "Names":
        return _NAMES, (variables["name"], variables["name"] + "\U0010ffff")
    named = {
        "participant": variables["participant"],
        "types": json.dumps([each.lower() for each in variables["types"]]),
        "from": variables["from"],
        "to": variables["to"],
    }
    after = variables.get("after")
    if after is None:
        return _FIRST_EVENTS, named
    day, event = after.split("~")
    return _LATER_EVENTS, named | {"day": day, "event": event}
