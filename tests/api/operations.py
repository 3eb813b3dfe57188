"""Operations made up from the schema and from what a database holds: ids that are there, cursors that were given, words in use.

With fragments, aliases, variables with and without defaults, @skip and @include, interfaces, and now and then something wrong.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    parse,
    print_ast,
    visit,
)

from tests.api.world import SCHEMA, World

WORDS = (
    "recognised",
    "condemned sanctions",
    "troop*",
    "100 % it's",
    "日本語",
    "naive",
    "zzz",
    "",
    "%",
    "_",
    "'; --",
    "regions rec*",
)
NAMES = ("Russia", "cote d ivoire", "100 % _Zero_ 🚀", "李明", "Atlantis", "e", "Ł", "%", "o'brien", "nobody")
DAYS = ("2022-01-28", "2022-02-06", "2022-02-15", "2022-03-01", "2022-03-20", "2021-01-01", "2022-13-01")
MOMENTS = ("2022-04-03T10:30:00Z", "2022-04-10T00:00:00+02:00", "2030-01-01T00:00:00Z")
# What an id names, by the argument that takes it.
NOUNS = {
    **dict.fromkeys(("subject", "object", "participant", "attributedTo", "mentions", "from", "to", "entity"), "entity"),
    "source": "source",
    "about": "event",
}

# Root fields that most questions begin with.
OFTEN = {"entity", "entities", "event", "events", "claims", "relations", "article", "articles", "node", "stories", "sources"}
# What resolvers alone work out, and with it the whole operation in which it is asked for.
SELDOM = {"figures", "nearDuplicates", "facets", "coOccurring", "facts", "evidence", "parts"}


@dataclass(frozen=True)
class Operation:
    """What is sent."""

    text: str
    variables: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.text}\n{json.dumps(self.variables, ensure_ascii=False)}"


class _Name(str):
    """A value that is written without quotes: of an enum, or a variable's name with its dollar."""


@dataclass
class _Scope:
    """The response keys of one object, each with what stands behind it, so that none is asked for in two ways."""

    prefix: str = ""
    used: dict[str, tuple[str, _Scope]] = field(default_factory=dict)

    def enter(self, name: str, kind: str, arguments: str, alias: str) -> tuple[str, _Scope]:
        """How the field is written (an alias before it where one is needed), and the scope of what it leads to."""
        signature = f"{name}{arguments}: {kind}"
        for key in (() if self.prefix else (name,)) + (f"{self.prefix}{alias}",):
            if self.used.setdefault(key, (signature, _Scope(self.prefix)))[0] == signature:
                return ("" if key == name else f"{key}: ") + name, self.used[key][1]
        return self.enter(name, kind, arguments, f"{alias}x")


class _Writer:
    def __init__(self, random: Random, world: World) -> None:
        self.random = random
        self.world = world
        self.fuel = random.choice((6, 12, 25, 50))
        self.declared: list[str] = []
        self.values: dict[str, Any] = {}
        self.fragments: dict[str, str] = {}

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def operation(self) -> Operation:
        body = self.selection(SCHEMA.type_map["Query"], 7, _Scope())
        name = "Made" if self.chance(50) or self.declared else ""
        head = f"query {name}{f'({chr(44).join(self.declared)})' if self.declared else ''} " if name else ""
        fragments = "".join(f"\nfragment {name} {text}" for name, text in self.fragments.items())
        return Operation(f"{head}{body}{fragments}", self.values)

    # Selections

    def selection(self, kind: GraphQLNamedType, depth: int, scope: _Scope) -> str:
        assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        parts = []
        if self.chance(15) and not scope.prefix:
            parts.append("__typename")
        for _ in range(self.random.randint(1, 3 if kind.name == "Query" else 5)):
            parts.append(self.part(kind, depth, scope))
            if self.fuel < 0:
                break
        return f"{{ {' '.join(filter(None, parts)) or '__typename'} }}"

    def part(self, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int, scope: _Scope) -> str:
        self.fuel -= 1
        choice = self.random.randrange(100) if self.fuel > 0 else 100
        if isinstance(kind, GraphQLInterfaceType) and choice < 45 and depth > 0:
            among = [each for each in SCHEMA.get_possible_types(kind) if each.name != kind.name]
            other = self.random.choice([*among, SCHEMA.type_map["Entity"], kind] if kind.name == "Node" else [*among, kind])
            return f"... on {other.name}{self.directives()} {self.selection(other, depth - 1, scope)}"
        if 45 <= choice < 52 and depth > 0:
            return f"...{self.directives()} {self.selection(kind, depth - 1, scope)}"
        if 52 <= choice < 60 and depth > 0 and kind.name != "Query":
            return f"...{self.fragment(kind, depth - 1)}{self.directives()}"
        return self.field(kind, depth, scope)

    def fragment(self, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        known = [name for name, text in self.fragments.items() if text.startswith(f"on {kind.name} ")]
        if known and self.chance(50):
            return self.random.choice(known)
        name = f"F{len(self.fragments)}{kind.name}"
        self.fragments[name] = "is being written"
        # Its keys are its own, so that it fits wherever the type does.
        self.fragments[name] = f"on {kind.name} {self.selection(kind, min(depth, 3), _Scope(f'{name}_'))}"
        return name

    def field(self, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int, scope: _Scope) -> str:
        deep = depth > 0 and self.fuel > 0
        names = [name for name, found in kind.fields.items() if deep or is_leaf_type(get_named_type(found.type))]
        names = [name for name in names if f"{scope.prefix}{name}" not in scope.used or self.chance(8)]
        if not names:
            return ""
        likely = OFTEN if kind.name == "Query" else {"edges", "nodes", "node"}
        weights = [9 if name in likely else 1 if kind.name == "Query" or name in SELDOM else 4 for name in names]
        name = self.random.choices(names, weights)[0]
        found = kind.fields[name]
        inner = get_named_type(found.type)
        arguments = self.arguments(kind, name, found)
        alias = f"{self.random.choice('abc')}{self.random.randrange(3)}" if arguments or self.chance(10) else name
        if not arguments and alias != name:
            # An alias where none is needed.
            written, below = _Scope(scope.prefix or "z", scope.used).enter(name, str(found.type), arguments, alias)
        else:
            written, below = scope.enter(name, str(found.type), arguments, alias)
        if is_leaf_type(inner):
            return f"{written}{arguments}{self.directives()}"
        return f"{written}{arguments}{self.directives()} {self.selection(inner, depth - 1, below)}"

    def directives(self) -> str:
        if not self.chance(8):
            return ""
        name, value = self.random.choice(("skip", "include")), self.chance(50)
        if self.chance(50):
            return f" @{name}(if: {'true' if value else 'false'})"
        return f" @{name}(if: {self.variable('Boolean!', value, None)})"

    # Arguments

    def arguments(self, kind: GraphQLNamedType, name: str, found: GraphQLField) -> str:
        chosen = self.choose(found.args)
        if kind.name == "Query" and name == "entity" and self.chance(90):
            chosen = [self.random.choice(list(found.args))]
        if {"first", "last"} <= found.args.keys() and self.chance(92):
            forwards = self.chance(60)
            chosen = [each for each in chosen if each not in (("last", "before") if forwards else ("first", "after"))]
            if not forwards and "last" not in chosen:
                chosen.append("last")
        order: str | None = None
        written = []
        for each in sorted(chosen, key=lambda key: key != "orderBy"):
            argument = found.args[each]
            if each in ("after", "before"):
                value = self.cursor(f"{kind.name}.{name}", order)
            else:
                value = self.value(argument.type, each, f"{kind.name}.{name}", plain=False)
            if each == "orderBy" and isinstance(value, _Name) and not value.startswith("$"):
                order = str(value)
            written.append(f"{each}: {_write(self.perhaps_variable(argument.type, value))}")
        return f"({', '.join(written)})" if written else ""

    def choose(self, given: Mapping[str, GraphQLArgument | GraphQLInputField], percent: int = 40) -> list[str]:
        required = [name for name, each in given.items() if isinstance(each.type, GraphQLNonNull) and not _has_default(each)]
        return required + [name for name in given if name not in required and self.chance(percent)]

    def cursor(self, place: str, order: str | None) -> str | None:
        fitting = [
            cursor for key, found in self.world.cursors.items() if key[0] == place and key[1] in (order, None) for cursor in found
        ]
        if not fitting:
            fitting = [
                cursor
                for key, found in self.world.cursors.items()
                if key[0].split(".")[1] == place.split(".")[1]
                for cursor in found
            ]
        if self.chance(4) or not fitting:
            return self.random.choice(["", "bm8", "é", *(found[0] for found in self.world.cursors.values() if found)])
        return self.random.choice(fitting)

    def perhaps_variable(self, kind: GraphQLInputType, value: Any) -> Any:
        """`value`, or a variable that has it."""
        if not self.chance(30) or not _is_plain(value):
            return value
        plain = _to_json(value)
        if isinstance(kind, GraphQLNonNull):
            return self.variable(str(kind), plain, None)
        if self.chance(30):
            # With a default, and given or not.
            default = _write(value)
            return self.variable(str(kind), plain, default, given=self.chance(50))
        return self.variable(str(kind), plain, None, given=self.chance(90))

    def variable(self, kind: str, value: Any, default: str | None, *, given: bool = True) -> _Name:
        name = f"v{len(self.declared)}"
        self.declared.append(f"${name}: {kind}{'' if default is None else f' = {default}'}")
        if given:
            self.values[name] = value
        return _Name(f"${name}")

    def value(self, kind: GraphQLInputType, name: str, place: str, *, plain: bool) -> Any:
        if not isinstance(kind, GraphQLNonNull) and self.chance(3):
            return None
        bare = get_nullable_type(kind)
        if isinstance(bare, GraphQLList):
            if self.chance(8):
                return self.value(bare.of_type, name, place, plain=plain)
            count = self.random.choice((0, 1, 1, 1, 2, 2, 3))
            values = [self.value(bare.of_type, name, place, plain=plain) for _ in range(count)]
            return [value if plain or _is_list(value) else self.element(bare.of_type, value) for value in values]
        if isinstance(bare, GraphQLInputObjectType):
            return self.input_object(bare, plain=plain)
        if isinstance(bare, GraphQLEnumType):
            return _Name(self.enum(bare))
        return self.scalar(bare.name, name, place)

    def element(self, kind: GraphQLInputType, value: Any) -> Any:
        return self.variable(str(kind), _to_json(value), None) if self.chance(10) and _is_plain(value) else value

    def input_object(self, kind: GraphQLInputObjectType, *, plain: bool) -> dict[str, Any]:
        written = {}
        for name in self.choose(kind.fields, 60 if kind.name == "DateRange" else 16):
            value = self.value(kind.fields[name].type, name, kind.name, plain=plain)
            written[name] = value if plain else self.perhaps_variable(kind.fields[name].type, value)
        return written

    def enum(self, kind: GraphQLEnumType) -> str:
        common = [each for each in ("RECOGNISED", "CONDEMNED", "MET", "ATTACKED", "HOLDS_OFFICE") if each in kind.values]
        return self.random.choice(common if common and self.chance(80) else list(kind.values))

    def scalar(self, kind: str, name: str, place: str) -> Any:
        if kind == "ID":
            return self.id(name, place)
        if kind == "Boolean":
            return self.chance(50)
        if kind == "Int":
            return self.random.choice(
                (2, 4) if name == "maxLength" else (0, 1, 2, 3, 5, 100) if self.chance(97) else (-1, 501, 7)
            )
        if kind == "Float":
            return self.random.choice((0, 0.1, 0.25, 1 / 3, 0.8, 1.0, 2))
        if kind == "Date":
            return self.random.choice(DAYS[:-1] if self.chance(98) else DAYS)
        if kind == "DateTime":
            return self.random.choice(MOMENTS)
        if name == "wikidataId":
            return self.random.choice(("Q159", "Q7747", "Q30", "Q2", "Q999", "159"))
        if name == "name":
            return self.random.choice(NAMES)
        if name == "about":
            return self.random.choice(("troop", "Russian", "100 %", "of_it", "ROOPS", " ", "x"))
        return self.random.choice(WORDS[:6] if self.chance(70) else WORDS)

    def id(self, name: str, place: str) -> str:
        noun = NOUNS.get(name, place.removeprefix("Query.") if place in ("Query.entity", "Query.event", "Query.article") else "")
        known = self.world.ids.get(noun) or self.world.all_ids()
        if self.chance(3):
            return self.random.choice(("ent_Q0", "evt_0", "nonsense", "", *self.world.all_ids()[:50]))
        return self.random.choice(known)


def make_operation(random: Random, world: World) -> Operation:
    """An operation that is valid but for what it asks for now and then."""
    return _Writer(random, world).operation()


def refill(document: DocumentNode, random: Random, world: World) -> Operation:
    """What somebody else made up, with arguments that mean something here."""
    writer, info = _Writer(random, world), TypeInfo(SCHEMA)
    filled = visit(document, TypeInfoVisitor(info, _Filler(info, writer)))
    text = print_ast(filled)
    if writer.declared:
        text = f"query Made({','.join(writer.declared)}) {text[text.index('{') :]}"
    return Operation(text, writer.values)


class _Filler(Visitor):
    def __init__(self, info: TypeInfo, writer: _Writer) -> None:
        super().__init__()
        self.info, self.writer = info, writer

    def enter_field(self, node: FieldNode, *_: object) -> FieldNode | None:
        kind, found = self.info.get_parent_type(), self.info.get_field_def()
        if kind is None or found is None or not found.args:
            return None
        written = parse(f"{{ x{self.writer.arguments(kind, node.name.value, found)} }}").definitions[0]
        assert isinstance(written, OperationDefinitionNode)
        (asked,) = written.selection_set.selections
        assert isinstance(asked, FieldNode)
        return FieldNode(
            alias=node.alias,
            name=node.name,
            arguments=asked.arguments,
            directives=node.directives,
            selection_set=node.selection_set,
        )


def _has_default(given: GraphQLArgument | GraphQLInputField) -> bool:
    return given.default_value is not None and str(given.default_value) != "Undefined"


def _is_list(value: Any) -> bool:
    return isinstance(value, list | dict)


def _is_plain(value: Any) -> bool:
    """Whether there is no variable in it."""
    if isinstance(value, _Name):
        return not value.startswith("$")
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return all(map(_is_plain, value.values())) if isinstance(value, dict) else True


def _to_json(value: Any) -> Any:
    if isinstance(value, _Name):
        return str(value)
    if isinstance(value, list):
        return [_to_json(each) for each in value]
    return {name: _to_json(each) for name, each in value.items()} if isinstance(value, dict) else value


def _write(value: Any) -> str:
    """`value` as GraphQL writes it."""
    if isinstance(value, _Name):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_write, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {_write(each)}' for name, each in value.items())}}}"
    return json.dumps(value, ensure_ascii=False)
