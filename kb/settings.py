"""The only reader of the environment. Every setting is `KB_*`; see `Settings` for names and defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformdirs import user_data_path

from kb.errors import ConfigError

_CHECKOUT: Final = Path(__file__).resolve().parent.parent
_INSTALLED: Final = Path(__file__).resolve().parent / "_data"


LEARNED: Final = "learned"
RULES: Final = "rules"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says, with defaults filled in.

    `database_url` KB_DATABASE_URL (a SQLite file under the user's data folder), `spacy_model` KB_SPACY_MODEL (None: the best one
    installed), `data_dir` where schema/, migrations/ and seeds/ lie (the checkout, or inside the installed package),
    `workers` KB_WORKERS (processes for ingestion), `max_document_bytes` KB_MAX_DOCUMENT_BYTES, `document_timeout_s`
    KB_DOCUMENT_TIMEOUT_S (seconds that one document may take), `reader` KB_READER ("learned": a trained network weighs
    what the rules read and adds what they don't; "rules" for rules alone, three times as fast), `anonymous` KB_ANONYMOUS (whether
    the API answers queries of those without a token).
    """

    database_url: str
    spacy_model: str | None
    data_dir: Path
    workers: int
    max_document_bytes: int
    document_timeout_s: int
    reader: str = LEARNED
    anonymous: bool = True

    @property
    def schema_dir(self) -> Path:
        """The folder of ontology, lexicons and the exported SDL."""
        return self.data_dir / "schema"

    @property
    def reader_file(self) -> Path:
        """The trained reader's weights (`kb train`)."""
        return self.schema_dir / "reader.npz"

    @property
    def migrations_dir(self) -> Path:
        """Alembic's folder."""
        return self.data_dir / "migrations"

    @property
    def reference_dir(self) -> Path:
        """The folder of reference entities."""
        return self.data_dir / "seeds" / "reference"


def _positive(environ: Mapping[str, str], name: str, default: int) -> int:
    raw = environ.get(name, "")
    if not raw:
        return default
    if not raw.isdigit() or int(raw) < 1:
        raise ConfigError(f"{name}={raw!r} is no whole number above 0; unset it or set one")
    return int(raw)


def _choice(environ: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    raw = environ.get(name) or choices[0]
    if raw not in choices:
        raise ConfigError(f"{name}={raw!r} is none of {', '.join(choices)}; unset it or set one")
    return raw


def default_database_url() -> str:
    """A SQLite file in the user's data folder; the folder is made when the database is opened."""
    return f"sqlite:///{user_data_path('kb') / 'kb.db'}"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of `environ` (the process's own by default); raises ConfigError for a value that cannot be."""
    values = os.environ if environ is None else environ
    installed = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
    return Settings(
        database_url=values.get("KB_DATABASE_URL") or default_database_url(),
        spacy_model=values.get("KB_SPACY_MODEL") or None,
        data_dir=Path(values["KB_DATA_DIR"]) if values.get("KB_DATA_DIR") else installed,
        workers=_positive(values, "KB_WORKERS", 1),
        max_document_bytes=_positive(values, "KB_MAX_DOCUMENT_BYTES", 20_000_000),
        document_timeout_s=_positive(values, "KB_DOCUMENT_TIMEOUT_S", 120),
        reader=_choice(values, "KB_READER", (LEARNED, RULES)),
        anonymous=_choice(values, "KB_ANONYMOUS", ("on", "off")) == "on",
    )


def debugging(environ: Mapping[str, str] | None = None) -> bool:
    """Whether KB_DEBUG asks for tracebacks; apart from `Settings` because it must be answerable when those are wrong."""
    values = os.environ if environ is None else environ
    return values.get("KB_DEBUG", "") not in {"", "0"}
