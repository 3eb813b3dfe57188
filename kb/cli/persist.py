"""`kb persist`: registers the operations of a front end, which then sends their digests alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from kb.cli.output import say, write_json, write_line
from kb.errors import UsageError

if TYPE_CHECKING:
    from kb.domain.persisted import PersistedDocument
    from kb.storage.session import Session

_GRAPHQL: Final = (".graphql", ".gql")
_SHOWN_ERRORS: Final = 5


def persist(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE]...",
            help="GraphQL documents, folders of them, or a manifest (.json) of Apollo's, Relay's or GraphQL Code Generator's.",
        ),
    ] = None,
    *,
    list_all: Annotated[bool, typer.Option("--list", help="Print what is registered.")] = False,
    remove: Annotated[str | None, typer.Option(metavar="ID", help="Take one document away.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON on stdout.")] = False,
) -> None:
    """Register GraphQL documents by the SHA-256 of their exact text, and print the ids that clients send instead.

    All of them are checked against the schema first; where one is wrong, none is registered.
    """
    if [bool(files), list_all, remove is not None].count(True) != 1:
        raise UsageError("give files to register, or --list, or --remove ID")
    from kb.storage import persisted

    if files:
        documents = _check([each for path in files for each in _read(path)])
        with _writing() as session:
            new = persisted.save_documents(session, documents)
        say(f"{len(new)} registered, {len(documents) - len(new)} were there already")
    elif remove is not None:
        with _writing() as session:
            documents = [persisted.delete_document(session, remove.removeprefix("sha256:").lower())]
    else:
        from kb.settings import read_settings
        from kb.storage.session import Database

        database = Database.open(read_settings().database_url, read_only=True)
        try:
            with database.reader() as session:
                documents = list(persisted.list_documents(session))
        finally:
            database.dispose()
    if as_json:
        write_json([_to_json(each) for each in documents])
        return
    for each in documents:
        write_line(f"sha256:{each.digest}  {each.name or '(anonymous)'}")


def _read(path: Path) -> Iterator[tuple[str, str]]:
    """Texts with where each of them is from, for messages."""
    if path.is_dir():
        inside = sorted(each for each in path.rglob("*") if each.suffix in _GRAPHQL)
        if not inside:
            raise UsageError(f"{path} holds no {' or '.join(_GRAPHQL)} file; name the folder of your operations")
        for each in inside:
            yield from _read(each)
        return
    try:
        # As bytes: the digest is that of the text as it lies there, line ends included.
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}; name a GraphQL document, a folder or a manifest") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text; save it as UTF-8") from error
    if path.suffix == ".json":
        yield from _of_manifest(path, text)
    else:
        yield str(path), text


def _of_manifest(path: Path, raw: str) -> Iterator[tuple[str, str]]:
    """Apollo's list of operations, or an object of digest to text as Relay's compiler and GraphQL Code Generator write it."""
    from kb.domain.persisted import digest_of_text

    try:
        manifest = json.loads(raw)
    except ValueError as error:
        raise UsageError(f"{path} is no JSON ({error}); name a manifest of persisted operations") from error
    entries = _entries(manifest)
    if entries is None:
        raise UsageError(
            f"{path} is no manifest; it is an object of digest to text, or has a list of operations with id and body"
        )
    for key, text in entries:
        if key.removeprefix("sha256:").lower() != digest_of_text(text):
            raise UsageError(f"{path}: {key[:80]} is not the SHA-256 of its text; have the manifest made with SHA-256")
        yield f"{path}: {key[:80]}", text


def _entries(manifest: Any) -> list[tuple[str, str]] | None:
    if not isinstance(manifest, dict):
        return None
    operations = manifest.get("operations")
    given: list[tuple[Any, Any]] = list(manifest.items())
    if isinstance(operations, list):
        given = [(each.get("id"), each.get("body")) if isinstance(each, dict) else (None, None) for each in operations]
    pairs = [(key, text) for key, text in given if isinstance(key, str) and isinstance(text, str)]
    return pairs if len(pairs) == len(given) else None


def _check(texts: list[tuple[str, str]]) -> list[PersistedDocument]:
    """The documents, each once; raises UsageError that tells of all that are not valid against the schema."""
    from datetime import UTC, datetime

    from kb.api.documents import read_document
    from kb.api.schema import load_schema
    from kb.domain.persisted import PersistedDocument, digest_of_text

    schema, now = load_schema().core, datetime.now(UTC)
    found: dict[str, PersistedDocument] = {}
    wrong: list[str] = []
    for origin, text in texts:
        document = read_document(schema, text)
        if document.errors or not document.operations:
            message = document.errors[0].message if document.errors else "there is no operation in it"
            wrong.append(f"{origin}: {message.splitlines()[0]}")
            continue
        names = ",".join(each.name.value for each in document.operations if each.name)
        digest = digest_of_text(text)
        found[digest] = PersistedDocument(digest, names, text, now)
    if wrong:
        more = f" (and {len(wrong) - _SHOWN_ERRORS} more)" if len(wrong) > _SHOWN_ERRORS else ""
        raise UsageError(f"nothing was registered; correct {'; '.join(wrong[:_SHOWN_ERRORS])}{more}")
    return list(found.values())


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


def _to_json(document: PersistedDocument) -> dict[str, str]:
    return {
        "id": f"sha256:{document.digest}",
        "operations": document.name,
        "text": document.text,
        "savedAt": document.saved_at.isoformat(),
    }
