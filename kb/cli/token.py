"""`kb token`: who may do what over the network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli.output import say, write_json, write_line
from kb.errors import UsageError

if TYPE_CHECKING:
    from kb.domain.access import Token
    from kb.storage.session import Session

app = typer.Typer(help="Tokens of the API: create, revoke, list.", no_args_is_help=True)

_LONGEST_NAME = 100
# A century is as good as for ever and still a date.
_MOST_DAYS = 36_500


class RoleName(StrEnum):
    """The roles, spelled for the command line."""

    READER = "reader"
    CURATOR = "curator"
    ADMIN = "admin"


AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON on stdout.")]


@app.callback()
def group() -> None:
    """Tokens of the API: create, revoke, list."""


@app.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose it is; stands as the author of what is decided with it.")],
    *,
    role: Annotated[RoleName, typer.Option(help="What it allows; each role includes those before it.")] = RoleName.READER,
    days: Annotated[int | None, typer.Option(min=1, max=_MOST_DAYS, help="When it ends (default: never).")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a token and print it. It is shown this once: the database keeps a digest only."""
    from kb.domain.access import Role, Token, digest_of, make_secret
    from kb.domain.ids import act_id
    from kb.storage import tokens

    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > _LONGEST_NAME:
        raise UsageError(f"the name must have 1 to {_LONGEST_NAME} characters; give that of whoever uses the token")
    now, secret = datetime.now(UTC), make_secret()
    token = Token(act_id("tok", cleaned), cleaned, Role(role.value), now, None if days is None else now + timedelta(days=days))
    with _writing() as session:
        tokens.save_token(session, token, digest_of(secret))
    if as_json:
        write_json(_to_json(token) | {"token": secret})
        return
    write_line(secret)
    say(f"{_line(token)}; keep it now, it is not shown again")


@app.command()
def revoke(
    token: Annotated[str, typer.Argument(metavar="ID", help="The id of the token, as `kb token list` shows it.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Let a token count no more, from the next request on."""
    from kb.storage import tokens

    with _writing() as session:
        revoked = tokens.revoke_token(session, token, datetime.now(UTC))
    if as_json:
        write_json(_to_json(revoked))
    else:
        write_line(_line(revoked))


@app.command("list")
def list_all(*, as_json: AsJson = False) -> None:
    """Print all tokens, the latest first, revoked and expired ones included."""
    from kb.settings import read_settings
    from kb.storage import tokens
    from kb.storage.session import Database

    database = Database.open(read_settings().database_url, read_only=True)
    try:
        with database.reader() as session:
            found = tokens.list_tokens(session)
    finally:
        database.dispose()
    if as_json:
        write_json([_to_json(each) for each in found])
        return
    for each in found:
        write_line(_line(each))


@contextmanager
def _writing() -> Iterator[Session]:
    from kb.settings import read_settings
    from kb.storage.session import Database

    database = Database.open(read_settings().database_url)
    try:
        with database.transaction() as session:
            yield session
    finally:
        database.dispose()


def _to_json(token: Token) -> dict[str, str | None]:
    times = ("created_at", "expires_at", "revoked_at", "last_used_at")
    return {"id": token.id, "name": token.name, "role": token.role.value} | {name: _time(getattr(token, name)) for name in times}


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _line(token: Token) -> str:
    if token.revoked_at is not None:
        state = f"revoked {token.revoked_at:%Y-%m-%d}"
    elif token.expires_at is None:
        state = "does not expire"
    else:
        state = f"{'expires' if token.expires_at > datetime.now(UTC) else 'expired'} {token.expires_at:%Y-%m-%d}"
    used = f"last used {token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "not used yet"
    return f"{token.id}  {token.role}  {token.name}  {state}, {used}"
