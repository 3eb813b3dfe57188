"""The schema in GraphQL's own language, as schema/schema.graphql keeps it: `python -m kb.api.sdl` writes it there."""

from __future__ import annotations

from pathlib import Path

from kb.api.schema import load_schema
from kb.settings import read_settings


def print_sdl() -> str:
    """The SDL of the schema over the installed ontology, with a newline at its end."""
    return load_schema().as_str().rstrip() + "\n"


def write_sdl() -> Path:
    """Writes the SDL to schema/schema.graphql and gives back the path."""
    path = read_settings().schema_dir / "schema.graphql"
    path.write_text(print_sdl(), encoding="utf-8")
    return path


if __name__ == "__main__":
    write_sdl()
