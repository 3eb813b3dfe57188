"""The schema's word lists on site furniture, repair and publishers, checked and read once a process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kb.errors import ConfigError
from kb.ontology.loader import read_yaml
from kb.settings import read_settings


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One file: its lists of words or patterns, and its tables from word to word or number."""

    path: Path
    lists: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, Mapping[str, str | int]]

    def words(self, name: str) -> tuple[str, ...]:
        """The list called `name`; raises ConfigError where the file lacks it."""
        if name not in self.lists:
            raise ConfigError(f"{self.path} lacks the list {name!r}; restore it from the package")
        return self.lists[name]

    def table(self, name: str) -> Mapping[str, str | int]:
        """The table called `name`; raises ConfigError where the file lacks it."""
        if name not in self.tables:
            raise ConfigError(f"{self.path} lacks the table {name!r}; restore it from the package")
        return self.tables[name]


def read_lexicon(path: Path) -> Lexicon:
    """The lexicon file at `path`; raises ConfigError where an entry is neither a list of words nor a table."""
    content = read_yaml(path)
    lists: dict[str, tuple[str, ...]] = {}
    tables: dict[str, Mapping[str, str | int]] = {}
    for key, value in content.items() if isinstance(content, dict) else ():
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            lists[key] = tuple(value)
        elif isinstance(value, dict) and all(isinstance(k, str) and isinstance(v, str | int) for k, v in value.items()):
            tables[key] = value
        else:
            raise ConfigError(
                f"{path}: {key} is neither a list of words nor a table of them; quote what YAML reads as something else"
            )
    return Lexicon(path, lists, tables)


@cache
def load_lexicon(name: str) -> Lexicon:
    """The installed lexicon `name` ("furniture", "repair", "publishers")."""
    return read_lexicon(read_settings().schema_dir / "lexicon" / f"{name}.yaml")
