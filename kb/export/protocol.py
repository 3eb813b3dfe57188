"""What every export format offers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from kb.storage.session import Database


class Exporter(Protocol):
    """Writes the whole knowledge base in one format."""

    def export(self, database: Database, out: Path) -> Mapping[str, int]:
        """Write to `out`, all from one moment of the database; returns how many rows went into each file.

        The same content gives the same bytes. Files appear when they are complete, and only those of an earlier export are
        replaced; raises UsageError where `out` holds something else under such a name, or cannot be written.
        """
        ...
