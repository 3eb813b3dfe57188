"""The SDL in the repository is the schema's; what breaks clients is declared, and nothing goes that was not deprecated."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import build_schema

from kb.api.contract import HEADING, list_changes, list_complaints, read_released
from kb.api.schema import load_schema
from kb.api.sdl import print_sdl
from kb.settings import read_settings

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"
BEFORE = """
type Query {
  old: Int @deprecated(reason: "ask new")
  new(count: Int = 1, gone: Int @deprecated): Int
  kept: Kind
  other(in: In): Int
}
enum Kind { A B C @deprecated }
input In { x: Int y: Int @deprecated }
"""


def complaints(after: str, changelog: str = "## [Unreleased]\n\n### Added\n- Things.\n") -> list[str]:
    return list_complaints(list_changes(build_schema(BEFORE), build_schema(after)), changelog)


def declared(*lines: str) -> str:
    items = "\n".join(f"- {line}" for line in lines)
    return f"# Changelog\n\n## [Unreleased]\n\n### Added\n- Things.\n\n{HEADING}\n{items}\n\n### Fixed\n- More.\n\n## [0.1.0]\n"


def test_the_sdl_in_the_repository_is_the_schemas() -> None:
    kept = (read_settings({}).schema_dir / "schema.graphql").read_text(encoding="utf-8")
    assert kept == print_sdl(), "run `python -m kb.api.sdl` and commit schema/schema.graphql"


def test_this_schema_keeps_what_the_released_one_promised() -> None:
    changes = list_changes(read_released(), load_schema().core)
    assert list_complaints(changes, CHANGELOG.read_text(encoding="utf-8")) == []


def test_additions_need_no_words() -> None:
    after = BEFORE.replace("y: Int", "z: Int y: Int").replace("count: Int = 1", "count: Int = 1, more: Int")
    assert complaints(after + "type Extra { name: String }") == []


@pytest.mark.parametrize(
    ("old", "new", "description"),
    [
        ("kept: Kind", "kept: Int", "Field Query.kept changed type from Kind to Int."),
        ("other(in: In)", "other(in: In, must: Int!)", "A required argument Query.other(must:) was added."),
        ("count: Int = 1", "count: Int = 2", "Query.new(count:) has changed defaultValue from 1 to 2."),
        ("A B C", "A B D C", "Enum value Kind.D was added."),
        ("input In { x: Int", "input In { x: Int!", "Field In.x changed type from Int to Int!."),
    ],
)
def test_what_breaks_clients_is_declared_in_so_many_words(old: str, new: str, description: str) -> None:
    after = BEFORE.replace(old, new)
    (complaint,) = complaints(after)
    assert complaint.startswith(description)
    assert HEADING in complaint
    assert complaints(after, declared(f"{description} Because of this and that.")) == []
    assert complaints(after, declared(f"`{description.rstrip('.')}`: this\n  and that")) == []
    assert complaints(after, "## [Unreleased]\n\n## [0.1.0]\n\n" + HEADING + f"\n- {description}\n") == [complaint]


@pytest.mark.parametrize(
    ("old", "new", "description"),
    [
        ('old: Int @deprecated(reason: "ask new")', "", "Field Query.old was removed."),
        (", gone: Int @deprecated", "", "Argument Query.new(gone:) was removed."),
        ("C @deprecated", "", "Enum value Kind.C was removed."),
        ("y: Int @deprecated", "", "Field In.y was removed."),
    ],
)
def test_what_was_deprecated_may_go_where_that_is_declared(old: str, new: str, description: str) -> None:
    after = BEFORE.replace(old, new)
    assert complaints(after, declared(description)) == []
    (complaint,) = complaints(after)
    assert complaint.startswith(description)


@pytest.mark.parametrize(
    ("old", "description"),
    [
        ("kept: Kind", "Field Query.kept was removed."),
        ("count: Int = 1,", "Argument Query.new(count:) was removed."),
        ("A B C", "Enum value Kind.B was removed."),
        ("x: Int", "Field In.x was removed."),
    ],
)
def test_what_was_not_deprecated_stays_whatever_is_declared(old: str, description: str) -> None:
    after = BEFORE.replace(old, "A C" if old == "A B C" else "")
    if "Kind" in old:
        after = after.replace("kept", "").replace("other(", "second: Kind other(")
    (complaint,) = complaints(after, declared(description))
    assert complaint == f"{description} Deprecate it, release that, and remove it then."


def test_what_is_declared_has_happened() -> None:
    (complaint,) = complaints(BEFORE, declared("Field Query.kept was removed."))
    assert complaint == "CHANGELOG.md declares what did not happen: Field Query.kept was removed."
