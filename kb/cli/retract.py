"""`kb retract`: withdraw an article with all that only it said."""

from __future__ import annotations

from typing import Annotated

import typer

from kb.cli.curator import Author, Reason, author_or_user, open_for_curation
from kb.cli.output import write_json, write_line


def retract(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="The id of the article.")],
    *,
    by: Author = None,
    reason: Reason = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the record as JSON on stdout.")] = False,
) -> None:
    """Withdraw an article: its claims, mentions, facts and figures go, and so do events and entities that only it spoke of.

    The record stays, and the article is not ingested again unless `kb entity undo` lifts the retraction.
    """
    from kb.registry.retract import retract as retract_article

    with open_for_curation() as (session, groupers):
        record = retract_article(session, groupers, article, author_or_user(by), reason)
    if as_json:
        write_json(
            {
                "id": record.id,
                "article": record.article_id,
                "title": record.title,
                "author": record.author,
                "reason": record.reason,
                "retracted_at": record.retracted_at.isoformat(),
                "claims": record.claim_count,
                "mentions": record.mention_count,
            }
        )
        return
    write_line(f"{record.id}  {record.title}: {record.claim_count} claims and {record.mention_count} mentions are gone")
