"""JSON Lines: one file a noun, one object a line, in the order of ids."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kb.errors import UsageError
from kb.export import rows
from kb.export.rows import Row
from kb.storage import articles, claims, entities, events, facts, mentions, quantities
from kb.storage.session import Database

# What the first line of an export's file begins with, whatever the version that wrote it.
_FIRST_FIELD: Final[Mapping[str, str]] = {
    "articles.jsonl": "id",
    "entities.jsonl": "id",
    "mentions.jsonl": "article_id",
    "claims.jsonl": "id",
    "events.jsonl": "id",
    "facts.jsonl": "subject",
    "quantities.jsonl": "article_id",
}


@dataclass(frozen=True, slots=True)
class JsonLines:
    """The folder of files that analysts, and the scorer, read."""

    def export(self, database: Database, out: Path) -> Mapping[str, int]:
        """Write all files; see `Exporter.export`."""
        _check_target(out)
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            # Beside the target, so that finished files are renamed and never copied.
            staging = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
        except OSError as error:
            raise _unwritable(out, error) from error
        try:
            with database.reader() as session:
                contents: Mapping[str, Iterator[Row]] = {
                    "articles.jsonl": map(rows.article_row, articles.iterate_all(session)),
                    "entities.jsonl": map(rows.entity_row, entities.iterate_all(session)),
                    "mentions.jsonl": map(rows.mention_row, mentions.iterate_all(session)),
                    "claims.jsonl": map(rows.claim_row, claims.iterate_all(session)),
                    "events.jsonl": map(rows.event_row, events.iterate_all(session)),
                    "facts.jsonl": map(rows.fact_row, facts.iterate_all(session)),
                    "quantities.jsonl": map(rows.quantity_row, quantities.iterate_all(session)),
                }
                counts = {name: _write(staging / name, content) for name, content in contents.items()}
            out.mkdir(exist_ok=True)
            for name in counts:
                (staging / name).replace(out / name)
        except OSError as error:
            raise _unwritable(out, error) from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        return counts


def _write(path: Path, content: Iterator[Row]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in content:
            file.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return count


def _check_target(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; name a folder with --out")
    for name, field in _FIRST_FIELD.items():
        if (out / name).exists() and not _is_export(out / name, field):
            raise UsageError(
                f"{out / name} is no file of an earlier export and would be overwritten; name another folder with --out"
            )


def _is_export(path: Path, field: str) -> bool:
    try:
        with path.open(encoding="utf-8") as file:
            return (file.read(len(field) + 5) or f'{{"{field}": ') == f'{{"{field}": '
    except (OSError, UnicodeDecodeError):
        return False


def _unwritable(out: Path, error: OSError) -> UsageError:
    return UsageError(f"{out} cannot be written: {error.strerror or error}; name another folder with --out or make room")
