"""Near-duplicates: articles that carry one text, each group known by the smallest id in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kb.domain.article import Article
from kb.domain.sketch import FindsCopies, Sketch
from kb.storage.articles import list_articles_by_ids
from kb.storage.batches import batches, rows_in
from kb.storage.dates import sort_date
from kb.storage.insertion import insert_rows
from kb.storage.tables import ARTICLE, ARTICLE_BAND, ARTICLE_SKETCH


def group_copies(session: Session, articles: Sequence[Article], finder: FindsCopies) -> tuple[str, ...]:
    """Puts saved articles together with those that carry their texts; returns the ids of all whose group changed.

    Two articles are of one group when they are copies, or through others that are. So one copy decides about a whole group, and
    in which order articles came makes no difference. What it costs depends on how many copies there are, not on all articles.
    """
    sketches = {each.id: sketch for each in articles if (sketch := finder.make_sketch(each.text)) is not None}
    keys = {each: finder.block_keys(sketch) for each, sketch in sketches.items()}
    _save_sketches(session, sketches, keys)
    return _group(session, articles, sketches, keys, finder)


def form_groups_anew(session: Session, article_ids: Iterable[str], finder: FindsCopies) -> tuple[str, ...]:
    """Groups all articles that are of one group with these as if they came now; returns the ids of all whose group changed.

    To be called when an article through which others hung together is to go: `article_ids` are those that stay.
    """
    before = {row.id: row.copy_group for row in rows_in(session, _GROUPED, ARTICLE.c.id, article_ids)}
    for batch in batches(sorted(before)):
        session.execute(update(ARTICLE).where(ARTICLE.c.id.in_(batch)).values(copy_group=None))
    articles = sorted(list_articles_by_ids(session, before).values(), key=lambda article: article.id)
    stored = rows_in(session, select(ARTICLE_SKETCH), ARTICLE_SKETCH.c.article_id, sorted(before))
    sketches = {row.article_id: Sketch(bytes(row.signature)) for row in stored}
    _group(session, articles, sketches, {each: finder.block_keys(sketch) for each, sketch in sketches.items()}, finder)
    after = {row.id: row.copy_group for row in rows_in(session, _GROUPED, ARTICLE.c.id, before)}
    return tuple(sorted(each for each, group in before.items() if after[each] != group))


def list_group_members(session: Session, article_id: str) -> tuple[str, ...]:
    """The ids of the other articles of the article's group, in order."""
    group = session.execute(select(ARTICLE.c.copy_group).where(ARTICLE.c.id == article_id)).scalar()
    if group is None:
        return ()
    members = session.execute(select(ARTICLE.c.id).where(ARTICLE.c.copy_group == group, ARTICLE.c.id != article_id))
    return tuple(sorted(members.scalars()))


def _group(
    session: Session,
    articles: Sequence[Article],
    sketches: Mapping[str, Sketch],
    keys: Mapping[str, Collection[int]],
    finder: FindsCopies,
) -> tuple[str, ...]:
    owners: defaultdict[int, set[str]] = defaultdict(set)
    for row in rows_in(session, select(ARTICLE_BAND), ARTICLE_BAND.c.band_key, sorted(set().union(*keys.values()))):
        owners[row.band_key].add(row.article_id)
    changed: set[str] = set()
    for article in articles:
        alike = {each for key in keys.get(article.id, ()) for each in owners[key]} - {article.id}
        if alike:
            groups = _list_groups(session, alike)
            found = [_lookup_copy(session, article, sketches[article.id], group, finder) for group in groups]
            copies = [each for each in found if each is not None]
            changed.update(_unite(session, [article.id, *copies]) if copies else ())
    return tuple(sorted(changed))


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


def _save_sketches(session: Session, sketches: Mapping[str, Sketch], keys: Mapping[str, Collection[int]]) -> None:
    rows = [{"article_id": article_id, "signature": sketch.signature} for article_id, sketch in sketches.items()]
    insert_rows(session, ARTICLE_SKETCH, rows)
    bands = [{"band_key": key, "article_id": article_id} for article_id, of in keys.items() for key in sorted(of)]
    insert_rows(session, ARTICLE_BAND, bands)


def _list_groups(session: Session, article_ids: Collection[str]) -> list[dict[str, Sketch]]:
    """The articles with their sketches, group by group; one without copies is a group."""
    groups: defaultdict[str, dict[str, Sketch]] = defaultdict(dict)
    statement = select(ARTICLE.c.id, ARTICLE.c.copy_group, ARTICLE_SKETCH.c.signature).join(
        ARTICLE_SKETCH, ARTICLE_SKETCH.c.article_id == ARTICLE.c.id
    )
    for row in rows_in(session, statement, ARTICLE.c.id, sorted(article_ids)):
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
