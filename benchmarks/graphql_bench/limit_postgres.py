"""The operations as hand-written statements of PostgreSQL, each of which answers with the whole response as UTF-8."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

_ENTITY: Final = "json_build_object('id', c.id, 'kind', c.kind, 'name', c.name)"

_PARTICIPANTS: Final = f"""
    SELECT coalesce(json_agg({_ENTITY} ORDER BY p.position) FILTER (WHERE p.role = 'subject'), '[]') AS subjects,
           coalesce(json_agg({_ENTITY} ORDER BY p.position) FILTER (WHERE p.role = 'object'), '[]') AS objects
    FROM event_participant p JOIN entity m ON m.id = p.entity_id JOIN entity c ON c.id = m.canonical_id
    WHERE p.event_id = e.id"""

_CLAIMS: Final = """
    SELECT coalesce(json_agg(json_build_object(
        'id', k.id, 'sentence', k.sentence, 'confidence', k.confidence,
        'article', json_build_object(
            'id', a.id, 'title', a.title, 'url', a.url,
            'publishedAt', to_char(a.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
            'source', CASE WHEN s.id IS NOT NULL THEN json_build_object('id', s.id, 'name', s.name) END
        )) ORDER BY k.confidence DESC, k.id DESC), '[]') AS nodes
    FROM (SELECT id, sentence, confidence, article_id FROM claim WHERE event_id = e.id
          ORDER BY confidence DESC, id DESC LIMIT 3) k
    JOIN article a ON a.id = k.article_id LEFT JOIN source s ON s.id = a.source_id"""

_ENTITY_PAGE: Final = f"""
SELECT convert_to(json_build_object('data', json_build_object('entity', (
    SELECT json_build_object(
        'id', f.id, 'kind', f.kind, 'name', f.name, 'wikidataId', f.wikidata_id,
        'aliases', (
            SELECT coalesce(json_agg(json_build_object('name', n.name, 'kind', upper(n.kind)) ORDER BY n.kind, n.name), '[]')
            FROM (SELECT DISTINCT alias.name, alias.kind FROM entity m JOIN alias ON alias.entity_id = m.id
                  WHERE m.canonical_id = f.id) n),
        'events', json_build_object('nodes', (
            SELECT coalesce(json_agg(json_build_object(
                'id', e.id, 'type', upper(e.type), 'modality', upper(e.modality), 'date', e.date, 'sourceCount', e.source_count,
                'subjects', who.subjects, 'objects', who.objects, 'claims', json_build_object('nodes', said.nodes)
            ) ORDER BY page.sort_date DESC, page.event_id DESC), '[]')
            FROM (
                SELECT DISTINCT latest.sort_date, latest.event_id
                FROM entity m CROSS JOIN LATERAL (
                    SELECT DISTINCT p.sort_date, p.event_id FROM event_participant p WHERE p.entity_id = m.id
                    ORDER BY p.sort_date DESC, p.event_id DESC LIMIT 20
                ) latest
                WHERE m.canonical_id = f.id ORDER BY latest.sort_date DESC, latest.event_id DESC LIMIT 20
            ) page
            JOIN event e ON e.id = page.event_id
            CROSS JOIN LATERAL ({_PARTICIPANTS}) who CROSS JOIN LATERAL ({_CLAIMS}) said
        )))
    FROM entity former JOIN entity f ON f.id = former.canonical_id WHERE former.id = %s
)))::text, 'UTF8')"""


def _events(after: str) -> str:
    return f"""
WITH page AS MATERIALIZED (
    SELECT latest.sort_date, latest.event_id, row_number() OVER (ORDER BY latest.sort_date DESC, latest.event_id DESC) AS place
    FROM entity former JOIN entity m ON m.canonical_id = former.canonical_id CROSS JOIN LATERAL (
        SELECT DISTINCT p.sort_date, p.event_id FROM event_participant p
        WHERE p.entity_id = m.id AND p.type = ANY (%s) AND p.sort_date >= %s::date AND p.sort_date <= %s::date {after}
        ORDER BY p.sort_date DESC, p.event_id DESC LIMIT 51
    ) latest
    WHERE former.id = %s ORDER BY latest.sort_date DESC, latest.event_id DESC LIMIT 51
)
SELECT convert_to(json_build_object('data', json_build_object('events', json_build_object(
    'nodes', (
        SELECT coalesce(json_agg(json_build_object(
            'id', e.id, 'type', upper(e.type), 'modality', upper(e.modality), 'date', e.date,
            'subjects', who.subjects, 'objects', who.objects) ORDER BY page.place), '[]')
        FROM page JOIN event e ON e.id = page.event_id CROSS JOIN LATERAL ({_PARTICIPANTS}) who WHERE page.place <= 50),
    'pageInfo', json_build_object(
        'hasNextPage', (SELECT count(*) > 50 FROM page),
        'endCursor', (SELECT page.sort_date || '~' || page.event_id FROM page WHERE page.place <= 50
                      ORDER BY page.place DESC LIMIT 1)
    ))))::text, 'UTF8')"""


_FIRST_EVENTS: Final = _events("")
_LATER_EVENTS: Final = _events("AND (p.sort_date, p.event_id) < (%s::date, %s)")

# Materialised, as for names that many bear the planner would otherwise walk through all entities by name.
_NAMES: Final = f"""
WITH bearing AS MATERIALIZED (
    SELECT DISTINCT entity_id AS id FROM name_start WHERE start >= %s AND start < %s
)
SELECT convert_to(json_build_object('data', json_build_object('entities', json_build_object('nodes', (
    SELECT coalesce(json_agg({_ENTITY} ORDER BY c.name_sort, c.id), '[]')
    FROM (
        SELECT e.id, e.kind, e.name, e.name_sort FROM bearing JOIN entity e ON e.id = bearing.id
        ORDER BY e.name_sort, e.id LIMIT 20
    ) c
))))::text, 'UTF8')"""

_SCALARS: Final = """
SELECT convert_to(json_build_object('data', json_build_object('entity', (
    SELECT json_build_object('id', c.id, 'kind', c.kind, 'name', c.name, 'wikidataId', c.wikidata_id)
    FROM entity m JOIN entity c ON c.id = m.canonical_id WHERE m.id = %s
)))::text, 'UTF8')"""


def to_statement(operation: str, variables: dict[str, Any]) -> tuple[str, Sequence[Any]]:
    """The statement that answers the operation, and its parameters."""
    if operation == "EntityPage":
        return _ENTITY_PAGE, (variables["id"],)
    if operation == "Scalars":
        return _SCALARS, (variables["id"],)
    if operation == "Names":
        return _NAMES, (variables["name"], variables["name"] + "\U0010ffff")
    wanted = ([each.lower() for each in variables["types"]], variables["from"], variables["to"])
    after = variables.get("after")
    if after is None:
        return _FIRST_EVENTS, (*wanted, variables["participant"])
    return _LATER_EVENTS, (*wanted, *after.split("~"), variables["participant"])
