"""Stories: articles on the same happening."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, and_, delete, func, select
from sqlalchemy.orm import Session

from kb.domain.claim import Role
from kb.domain.entity import MentionForm
from kb.domain.event import Story, ToldArticle
from kb.domain.query import Page, Slice
from kb.errors import NotFoundError
from kb.storage.batches import batches, rows_in
from kb.storage.changes import CAME, WENT, record_changes
from kb.storage.closure import list_closure
from kb.storage.cursors import Ordering, SortKey
from kb.storage.dates import UNDATED, sort_date
from kb.storage.insertion import insert_rows
from kb.storage.paging import FIRST_PAGE, count_rows, iterate_in_order, list_page
from kb.storage.tables import ARTICLE, ARTICLE_BLOCK, CLAIM, CLAIM_ARGUMENT, ENTITY, MENTION, STORY, STORY_ARTICLE

BY_DATE: Final = Ordering("story.date", (SortKey(STORY.c.sort_date, date), SortKey(STORY.c.id, str)), descending=True)


def list_stories(session: Session, page: Page = FIRST_PAGE) -> Slice[Story]:
    """All stories, the one that began last first."""
    return list_page(session, select(STORY.c.id), BY_DATE, page, list_stories_by_ids)


def count_stories(session: Session) -> int:
    """How many stories there are."""
    return count_rows(session, select(STORY.c.id), STORY.c.id)


def get_story(session: Session, story_id: str) -> Story:
    """The story with this id; raises NotFoundError."""
    found = list_stories_by_ids(session, [story_id])
    if story_id not in found:
        raise NotFoundError("story", story_id)
    return found[story_id]


def list_stories_by_ids(session: Session, ids: Iterable[str]) -> dict[str, Story]:
    """The story of each id that names one, with its articles in the order it was saved with."""
    wanted = list(dict.fromkeys(ids))
    members: dict[str, list[str]] = {each: [] for each in wanted}
    of_articles = select(STORY_ARTICLE).order_by(STORY_ARTICLE.c.story_id, STORY_ARTICLE.c.position)
    for row in rows_in(session, of_articles, STORY_ARTICLE.c.story_id, wanted):
        members[row.story_id].append(row.article_id)
    return {
        row.id: Story(row.id, row.title, tuple(members[row.id])) for row in rows_in(session, select(STORY), STORY.c.id, wanted)
    }


def list_stories_of_articles(session: Session, article_ids: Iterable[str]) -> dict[str, Story]:
    """The story of each article that belongs to one."""
    owners = {
        row.article_id: row.story_id for row in rows_in(session, select(STORY_ARTICLE), STORY_ARTICLE.c.article_id, article_ids)
    }
    found = list_stories_by_ids(session, owners.values())
    return {article_id: found[story_id] for article_id, story_id in owners.items()}


def lookup_story_of_article(session: Session, article_id: str) -> Story | None:
    """The story that the article belongs to, if any."""
    return list_stories_of_articles(session, [article_id]).get(article_id)


def list_block_closure(session: Session, article_ids: Iterable[str]) -> tuple[str, ...]:
    """All articles that share a block key with those given, directly or through others, by id."""
    return tuple(list_closure(session, ARTICLE_BLOCK.c.block_key, ARTICLE_BLOCK.c.article_id, article_ids))


def list_told_articles(session: Session, article_ids: Iterable[str]) -> tuple[ToldArticle, ...]:
    """The articles with these ids as the grouping of stories sees them, by id."""
    ids = sorted(set(article_ids))
    occurrences: defaultdict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for row in rows_in(session, _occurrences(), CLAIM.c.article_id, ids):
        occurrences[row.article_id].add((row.type, row.subject_id, row.object_id))
    names: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)
    named = (
        select(MENTION.c.article_id, ENTITY.c.canonical_id, func.count().label("times"))
        .join(ENTITY, ENTITY.c.id == MENTION.c.entity_id)
        .where(MENTION.c.form == str(MentionForm.NAME))
        .group_by(MENTION.c.article_id, ENTITY.c.canonical_id)
    )
    for row in rows_in(session, named, MENTION.c.article_id, ids):
        names[row.article_id].add((row.canonical_id, row.times))
    statement = select(ARTICLE.c.id, ARTICLE.c.title, ARTICLE.c.published_on)
    found = {row.id: row for row in rows_in(session, statement, ARTICLE.c.id, ids)}
    return tuple(
        ToldArticle(each, found[each].title, found[each].published_on, frozenset(occurrences[each]), frozenset(names[each]))
        for each in ids
        if each in found
    )


def _occurrences() -> Select[Any]:
    """Every subject of a claim with every object of it."""
    subject, target = CLAIM_ARGUMENT.alias(), CLAIM_ARGUMENT.alias()
    acting, acted_on = ENTITY.alias(), ENTITY.alias()
    return (
        select(
            CLAIM.c.article_id,
            CLAIM.c.type,
            acting.c.canonical_id.label("subject_id"),
            acted_on.c.canonical_id.label("object_id"),
        )
        .join(subject, and_(subject.c.claim_id == CLAIM.c.id, subject.c.role == str(Role.SUBJECT)))
        .join(target, and_(target.c.claim_id == CLAIM.c.id, target.c.role == str(Role.OBJECT)))
        .join(acting, acting.c.id == subject.c.entity_id)
        .join(acted_on, acted_on.c.id == target.c.entity_id)
    )


def save_stories(session: Session, stories: Sequence[Story]) -> None:
    """Makes these the stories of their articles in place of those they had; stories left without an article go."""
    wanted = {story.id: story for story in stories if story.article_ids}
    articles = [article_id for story in wanted.values() for article_id in story.article_ids]
    of_articles = select(STORY_ARTICLE.c.story_id).distinct()
    before = {row.story_id for row in rows_in(session, of_articles, STORY_ARTICLE.c.article_id, articles)}
    known = list_stories_by_ids(session, before | wanted.keys())
    if all(known.get(story_id) == story for story_id, story in wanted.items()) and known.keys() == wanted.keys():
        return
    for batch in batches(articles):
        session.execute(delete(STORY_ARTICLE).where(STORY_ARTICLE.c.article_id.in_(batch)))
    for batch in batches(wanted.keys() & known.keys()):
        session.execute(delete(STORY).where(STORY.c.id.in_(batch)))
    insert_rows(session, STORY, _story_rows(session, wanted))
    insert_rows(
        session,
        STORY_ARTICLE,
        [
            {"article_id": article_id, "story_id": story.id, "position": position}
            for story in wanted.values()
            for position, article_id in enumerate(story.article_ids)
        ],
    )
    left = sorted(before - wanted.keys())
    told = {row.story_id for row in rows_in(session, of_articles, STORY_ARTICLE.c.story_id, left)}
    gone = [each for each in left if each not in told]
    for batch in batches(gone):
        session.execute(delete(STORY).where(STORY.c.id.in_(batch)))
    record_changes(session, "story", CAME, sorted(wanted.keys() - known.keys()))
    record_changes(session, "story", WENT, gone)


def delete_stories(session: Session, story_ids: Iterable[str]) -> None:
    """Deletes stories; their articles stay and belong to none until `save_stories`."""
    ids = sorted(set(story_ids))
    for batch in batches(ids):
        session.execute(delete(STORY).where(STORY.c.id.in_(batch)))
    record_changes(session, "story", WENT, ids)


def _story_rows(session: Session, stories: dict[str, Story]) -> list[dict[str, Any]]:
    dated = select(ARTICLE.c.id, func.min(ARTICLE.c.published_on).label("day")).group_by(ARTICLE.c.id)
    wanted = [article_id for story in stories.values() for article_id in story.article_ids]
    days = {row.id: sort_date(row.day) for row in rows_in(session, dated, ARTICLE.c.id, wanted)}
    return [
        {
            "id": story.id,
            "title": story.title,
            "sort_date": min((days[each] for each in story.article_ids if days[each] > UNDATED), default=UNDATED),
        }
        for story in stories.values()
    ]


def iterate_all(session: Session) -> Iterator[Story]:
    """Every story, by id, a batch at a time in memory."""
    return iterate_in_order(session, select(STORY.c.id), STORY.c.id, list_stories_by_ids)
