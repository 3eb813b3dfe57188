"""Near-duplicates: articles that carry one text, each group known by the smallest id in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from kb.domain.article import Article
from kb.domain.sketch import FindsCopies, Sketch
from kb.storage.articles import list_articles_by_ids
from kb.storage.batches import batches, rows_in
from kb.storage.dates import sort_date
from kb.storage.tables import ARTICLE, ARTICLE_BAND, ARTICLE_SKETCH


def group_copies(session: Session, article: Article, finder: FindsCopies) -> tuple[str, ...]:
    """Puts a saved article together with those that carry its text; returns the ids of all whose group changed.

    Two articles are of one group when they are copies, or through others that are. So one copy decides about a whole group, and
    in which order articles came makes no difference. What it costs depends on how many copies there are, not on all articles.
    """
    sketch = finder.make_sketch(article.text)
    if sketch is None:
        return ()
    keys = finder.block_keys(sketch)
    found = [_lookup_copy(session, article, sketch, group, finder) for group in _list_candidates(session, keys)]
    _save_sketch(session, article.id, sketch, keys)
    alike = [each for each in found if each is not None]
    return _unite(session, [article.id, *alike]) if alike else ()


def _lookup_copy(
    session: Session, article: Article, sketch: Sketch, group: Mapping[str, Sketch], finder: FindsCopies
) -> str | None:
    """The id of an article of the group that carries the same text, the likeliest asked first."""
    worth = {each: sketch.resemblance(other) for each, other in group.items() if finder.are_worth_comparing(sketch, other)}
    for each in sorted(worth, key=lambda key: (-worth[key], key)):
        text = session.execute(select(ARTICLE.c.text).where(ARTICLE.c.id == each)).scalar_one()
        if finder.are_copies(article.text, text):
            return each
    return None


def _save_sketch(session: Session, article_id: str, sketch: Sketch, block_keys: Collection[int]) -> None:
    session.execute(insert(ARTICLE_SKETCH), [{"article_id": article_id, "signature": sketch.signature}])
    session.execute(insert(ARTICLE_BAND), [{"band_key": key, "article_id": article_id} for key in sorted(block_keys)])


def _list_candidates(session: Session, block_keys: Collection[int]) -> list[dict[str, Sketch]]:
    """The articles that have one of the keys, with their sketches, group by group; one without copies is a group."""
    groups: defaultdict[str, dict[str, Sketch]] = defaultdict(dict)
    keyed = select(ARTICLE_BAND.c.article_id).distinct()
    found = {row.article_id for row in rows_in(session, keyed, ARTICLE_BAND.c.band_key, sorted(block_keys))}
    statement = select(ARTICLE.c.id, ARTICLE.c.copy_group, ARTICLE_SKETCH.c.signature).join(
        ARTICLE_SKETCH, ARTICLE_SKETCH.c.article_id == ARTICLE.c.id
    )
    for row in rows_in(session, statement, ARTICLE.c.id, sorted(found)):
        groups[row.copy_group or row.id][row.id] = Sketch(bytes(row.signature))
    return list(groups.values())


def _unite(session: Session, article_ids: Collection[str]) -> tuple[str, ...]:
    """Makes one group of the articles and of the groups they are in; returns the ids of those whose group is another now."""
    groups = {row.copy_group for row in rows_in(session, select(ARTICLE.c.copy_group), ARTICLE.c.id, article_ids)} - {None}
    before = {row.id: row.copy_group for row in rows_in(session, _GROUPED, ARTICLE.c.copy_group, sorted(groups))}
    before |= {row.id: row.copy_group for row in rows_in(session, _GROUPED, ARTICLE.c.id, article_ids)}
    group = min(before)
    changed = sorted(each for each, old in before.items() if old != group)
    for batch in batches(changed):
        session.execute(update(ARTICLE).where(ARTICLE.c.id.in_(batch)).values(copy_group=group))
    return tuple(changed)


def list_near_duplicates(session: Session, article_ids: Iterable[str]) -> dict[str, tuple[Article, ...]]:
    """For each article the others that carry its text, the earliest first, undated ones last."""
    ids = list(dict.fromkeys(article_ids))
    group_of = {row.id: row.copy_group for row in rows_in(session, _GROUPED, ARTICLE.c.id, ids) if row.copy_group is not None}
    members: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows_in(session, _GROUPED, ARTICLE.c.copy_group, sorted(set(group_of.values()))):
        members[row.copy_group].append(row.id)
    found = list_articles_by_ids(session, (each for group in members.values() for each in group))

    def by_day(article: Article) -> tuple[bool, object, str]:
        return article.published_on is None, sort_date(article.published_on), article.id

    groups = {group: sorted((found[each] for each in of), key=by_day) for group, of in members.items()}
    return {each: tuple(copy for copy in groups.get(group_of.get(each, ""), ()) if copy.id != each) for each in ids}


_GROUPED = select(ARTICLE.c.id, ARTICLE.c.copy_group)
