"""`kb db`: bring the database to the newest migration, or say what it lacks."""

from __future__ import annotations

from typing import Annotated

import typer

from kb.cli.output import say, write_json

app = typer.Typer(help="The database: migrate it, check it.", no_args_is_help=True)

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
