"""Articles on the same happening."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import Index, Text
from sqlmodel import Field

from kb.storage.tables.base import KEY, Row, table_of


class StoryRow(Row, table=True):
    """A story; `sort_date` is the day of its earliest dated article, or the first day there is."""

    __tablename__ = "story"
    __table_args__ = (Index(None, "sort_date", "id"),)

    id: str = Field(sa_type=KEY, primary_key=True)
    title: str = Field(sa_type=Text)
    sort_date: dt.date


class StoryArticleRow(Row, table=True):
    """An article of a story, in the order that the story tells; an article belongs to one story at most."""

    __tablename__ = "story_article"
    __table_args__ = (Index(None, "story_id", "position"),)

    article_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="article.id", ondelete="CASCADE")
    story_id: str = Field(sa_type=KEY, foreign_key="story.id", ondelete="CASCADE")
    position: int


STORY: Final = table_of(StoryRow)
STORY_ARTICLE: Final = table_of(StoryArticleRow)
