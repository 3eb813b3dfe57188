"""`kb db`: bring the database to the newest migration or reference set, or say what it lacks."""

from __future__ import annotations

from typing import Annotated

import typer

from kb.cli.output import say, write_json

app = typer.Typer(help="The database: migrate it, bring the reference set in, check it.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]


@app.command()
def upgrade(*, as_json: AsJson = False) -> None:
    """Create the database or bring it to the newest migration."""
    from kb.settings import read_settings
    from kb.storage.session import Database

    database = Database.open(read_settings().database_url)
    try:
        database.upgrade()
    finally:
        database.dispose()
    say("the database is at the newest migration")
    if as_json:
        write_json({"upgraded": True})


@app.command()
def check(*, as_json: AsJson = False) -> None:
    """Say what stands between the database and this version; exit code 1 when something does."""
    from kb.settings import read_settings
    from kb.storage.session import Database

    database = Database.open(read_settings().database_url, read_only=True)
    try:
        problems = database.check()
    finally:
        database.dispose()
    if as_json:
        write_json({"problems": problems})
    for problem in problems:
        say(problem)
    if problems:
        raise typer.Exit(1)
    say("the database is at the newest migration and has no drift")


@app.command()
def prune(
    days: Annotated[int, typer.Option(min=1, max=36_500, help="How many days of changes to keep.")] = 90,
    *,
    as_json: AsJson = False,
) -> None:
    """Forget changes that nobody needs to follow any more; what is known is left as it is.

    A subscription or export that goes on from before them is told to begin anew.
    """
    from datetime import UTC, datetime, timedelta

    from kb.settings import read_settings
    from kb.storage.changes import prune_changes
    from kb.storage.session import Database

    database = Database.open(read_settings().database_url)
    try:
        with database.transaction() as session:
            count = prune_changes(session, datetime.now(UTC) - timedelta(days=days))
    finally:
        database.dispose()
    say(f"{count} changes from before the last {days} days are forgotten")
    if as_json:
        write_json({"pruned": count})


@app.command()
def reference(*, as_json: AsJson = False) -> None:
    """Bring in the reference set (countries, people in office, organisations, places), or bring it up to date.

    What articles and people say is left as it is; the same set a second time changes nothing.
    """
    from kb.registry.groupers import open_groupers
    from kb.registry.reference import load_reference_set
    from kb.resolve.reference import load_reference
    from kb.settings import read_settings
    from kb.storage.session import Database

    settings = read_settings()
    database = Database.open(settings.database_url)
    try:
        known, groupers = load_reference(settings.reference_dir), open_groupers(settings)
        with database.transaction() as session:
            changes = load_reference_set(session, groupers, known)
    finally:
        database.dispose()
    entities = {
        "came": changes.entities_came,
        "changed": changes.entities_changed,
        "went": changes.entities_went,
        "kept": changes.entities_kept,
    }
    names = {"came": changes.names_came, "went": changes.names_went}
    facts = {"came": changes.facts_came, "superseded": changes.facts_superseded}
    for noun, counts in (("entities", entities), ("names", names), ("facts", facts)):
        say(f"{noun}: {', '.join(f'{count} {what}' for what, count in counts.items())}")
    if as_json:
        write_json({"entities": entities, "names": names, "facts": facts})
