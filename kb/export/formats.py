"""The export formats by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kb.errors import UsageError
from kb.export.jsonl import JsonLines
from kb.export.protocol import Exporter

EXPORTERS: Final[Mapping[str, Exporter]] = {"jsonl": JsonLines()}


def get_exporter(name: str) -> Exporter:
    """The exporter called `name`; raises UsageError that lists those there are."""
    try:
        return EXPORTERS[name]
    except KeyError:
        raise UsageError(f"there is no export format {name!r}; choose one of {', '.join(sorted(EXPORTERS))}") from None
