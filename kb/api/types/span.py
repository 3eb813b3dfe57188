"""A stretch of an article's text."""

from __future__ import annotations

import strawberry


@strawberry.type(description="A stretch of an article's text; text is exactly what start and end cut out of it.")
class Span:
    """Shows `kb.domain.span.Span`: half-open, in characters of `Article.text`."""

    start: int = strawberry.field(description="The first character, counted in Unicode code points from 0.")
    end: int = strawberry.field(description="One behind the last character.")
    text: str = strawberry.field(description="The characters themselves.")
