"""`kb query`: GraphQL against the database without a server."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from kb.cli.curator import author_or_user
from kb.cli.output import write_json
from kb.errors import UsageError


def query(
    document: Annotated[str, typer.Argument(metavar="FILE|-", help="File with the GraphQL document; - reads it from stdin.")],
    variables: Annotated[str, typer.Option(metavar="JSON", help="Variables of the operation as a JSON object.")] = "{}",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer on one line instead of indented.")] = False,
) -> None:
    """Run a GraphQL query or mutation; the answer goes to stdout, and the exit code is 1 when it has errors.

    Whoever may open the database may change it: mutations are done in the name of this machine's user.
    """
    values = _variables(variables)
    text = _read(document)

    from kb.api.desk import Desk
    from kb.api.run import Asking, execute
    from kb.domain.access import Caller, Role
    from kb.ingest.inlet import Inlet
    from kb.settings import read_settings
    from kb.storage.session import Database

    settings = read_settings()
    user = author_or_user(None)
    database, desk = Database.open(settings.database_url, read_only=True), Desk(settings, inlet=Inlet(settings))
    try:
        answer = execute(database, text, values, asking=Asking(Caller(Role.ADMIN, user, f"user:{user}"), desk))
    finally:
        desk.dispose()
        database.dispose()
    write_json(answer, compact=as_json)
    if answer.get("errors"):
        raise typer.Exit(1)


def _read(document: str) -> str:
    try:
        text = sys.stdin.read() if document == "-" else Path(document).read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot read the query {document}: {error.strerror}; name a file, or - for stdin") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the query {document} is not UTF-8 text; save it as UTF-8") from error
    if not text.strip():
        raise UsageError("the query is empty; give a GraphQL document")
    return text


def _variables(raw: str) -> dict[str, object]:
    try:
        values = json.loads(raw)
    except ValueError as error:
        raise UsageError(f'--variables is no JSON ({error}); give an object such as \'{{"name": "Ukraine"}}\'') from error
    if not isinstance(values, dict):
        raise UsageError('--variables must be a JSON object such as \'{"name": "Ukraine"}\'')
    return values
