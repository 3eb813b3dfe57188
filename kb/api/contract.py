"""The schema as a promise: what of it may break a client, and whether the changelog says so.

`schema/released.graphql` is the SDL that clients were given last: a copy of schema.graphql, made with each release. Fields,
arguments and values go only after a release in which they were deprecated; whatever else breaks a client stands in the
changelog, word for word as it is called here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graphql import (
    BreakingChangeType,
    DangerousChangeType,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
    find_dangerous_changes,
)

from kb.settings import read_settings

HEADING: Final = "### Breaking (schema)"

# No operation that worked means anything else for these.
_HARMLESS: Final = {DangerousChangeType.OPTIONAL_ARG_ADDED, DangerousChangeType.OPTIONAL_INPUT_FIELD_ADDED}
_REMOVALS: Final = {
    BreakingChangeType.FIELD_REMOVED,
    BreakingChangeType.ARG_REMOVED,
    BreakingChangeType.VALUE_REMOVED_FROM_ENUM,
}
_SECTION: Final = re.compile(r"^## \[Unreleased\]\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_MEMBER: Final = re.compile(r"\w+\.\w+(\(\w+:\))?")
_ITEM: Final = re.compile(r"^- (.*(?:\n(?!- |\n).*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """Something that may break a client. `warned` is false where something goes that no release called deprecated."""

    description: str
    warned: bool = True


def read_released() -> GraphQLSchema:
    """The schema that clients were given last."""
    return build_schema(released_path().read_text(encoding="utf-8"))


def released_path() -> Path:
    """Where the SDL of the last release is."""
    return read_settings().schema_dir / "released.graphql"


def list_changes(before: GraphQLSchema, after: GraphQLSchema) -> tuple[SchemaChange, ...]:
    """What may break a client of `before` that asks `after`, by its description; additions that cannot are left out."""
    deprecated = _list_deprecated(before)
    found = {
        change.description: change.type not in _REMOVALS or _member_of(change.description) in deprecated
        for change in find_breaking_changes(before, after)
    }
    found |= {each.description: True for each in find_dangerous_changes(before, after) if each.type not in _HARMLESS}
    return tuple(SchemaChange(description, warned) for description, warned in sorted(found.items()))


def list_complaints(changes: Sequence[SchemaChange], changelog: str) -> list[str]:
    """What is wrong with the changes, in view of what the changelog declares for the version to come; empty where all is well."""
    declared = _list_declared(changelog)
    silent = [each for each in changes if each.warned and not any(_says(item, each) for item in declared)]
    stale = [item for item in declared if not any(_says(item, each) for each in changes)]
    return [
        *(f"{each.description} Deprecate it, release that, and remove it then." for each in changes if not each.warned),
        *(f"{each.description} Say so under `{HEADING}` in CHANGELOG.md, in these words." for each in silent),
        *(f"CHANGELOG.md declares what did not happen: {item}" for item in stale),
    ]


def _says(item: str, change: SchemaChange) -> bool:
    return change.description.rstrip(".") in item


def _list_declared(changelog: str) -> list[str]:
    section = _SECTION.search(changelog)
    if section is None or HEADING not in section.group(1):
        return []
    below = section.group(1).split(HEADING, 1)[1].split("\n### ", 1)[0]
    return [" ".join(item.replace("`", "").split()) for item in _ITEM.findall(below)]


def _member_of(description: str) -> str:
    """Type.field, Type.VALUE or Type.field(argument:), whichever a description of a removal names."""
    named = _MEMBER.search(description)
    return named.group() if named else ""


def _list_deprecated(schema: GraphQLSchema) -> frozenset[str]:
    found: set[str] = set()
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            found |= {f"{name}.{key}" for key, field in kind.fields.items() if field.deprecation_reason is not None}
            found |= {
                f"{name}.{key}({argument}:)"
                for key, field in kind.fields.items()
                for argument, given in field.args.items()
                if given.deprecation_reason is not None
            }
        elif isinstance(kind, GraphQLInputObjectType):
            found |= {f"{name}.{key}" for key, given in kind.fields.items() if given.deprecation_reason is not None}
        elif isinstance(kind, GraphQLEnumType):
            found |= {f"{name}.{key}" for key, value in kind.values.items() if value.deprecation_reason is not None}
    return frozenset(found)
