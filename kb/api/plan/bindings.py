"""What every execution of a statement brings: how slots are filled from the variables of a request, and what is checked then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kb.api.ids import names
from kb.api.limits import MAX_IDS, MAX_TEXT
from kb.api.plan.arguments import Argument, Find
from kb.api.plan.errors import NotCompiledError
from kb.api.plan.inputs import Values
from kb.errors import UsageError
from kb.storage.batches import is_storable
from kb.storage.cursors import Ordering, decode_cursor
from kb.storage.dialect import terms_query
from kb.storage.given import Slot
from kb.storage.paging import DEFAULT_PAGE, MAX_PAGE
from kb.storage.select.statement import Value
from kb.storage.select.tree import Check, Days
from kb.storage.terms import fold, name_start, query_terms

Fill = Callable[[Values, dict[str, Value]], None]


@dataclass(slots=True)
class Bindings:
    """Makes slots and remembers how to fill them. What cannot be asked raises NotCompiledError: resolvers say what is wrong."""

    dialect: str
    checks: list[Check] = field(default_factory=list)
    _fills: list[Fill] = field(default_factory=list)
    _count: int = 0

    def fill(self, values: Values) -> dict[str, Value]:
        """The value of every slot."""
        filled: dict[str, Value] = {}
        for fill in self._fills:
            fill(values, filled)
        return filled

    def value(self, find: Find, make: Callable[[Any], Value], *, single: bool = False) -> Slot:
        """A slot of what `make` makes of what is found."""
        self._count += 1
        name = f"v{self._count}"

        def fill(values: Values, filled: dict[str, Value]) -> None:
            filled[name] = make(find(values))

        self._fills.append(fill)
        return Slot(name, single)

    def ids(self, noun: str, argument: Argument) -> Slot:
        """A slot of ids of a noun, which have to name something; of one id where there is one."""
        single = argument.shape == 1

        def read(ids: list[str]) -> list[str]:
            if len(ids) > MAX_IDS or not all(names(key, noun) for key in ids):
                raise NotCompiledError(noun)
            return ids

        find = argument.find
        slot = self.value(find, (lambda ids: read(ids)[0]) if single else read, single=single)
        count = self.value(find, lambda ids: len(set(ids)))
        self.checks.append(Check(noun, slot, count))
        return slot

    def id(self, noun: str, argument: Argument) -> Slot:
        """A slot of one id that has to name something."""
        find = argument.find
        return self.ids(noun, Argument(argument.kind, 1, lambda values: [find(values)]))

    def choices(self, argument: Argument) -> Slot:
        """A slot of identifiers of the ontology."""
        if argument.shape == 1:
            return self.value(argument.find, lambda chosen: str(chosen[0]), single=True)
        return self.value(argument.find, lambda chosen: [str(each) for each in chosen])

    def days(self, argument: Argument) -> Days:
        """A range of days that does not end before it begins."""
        start, end = argument.field("from"), argument.field("to")

        def check(values: Values, filled: dict[str, Value]) -> None:
            if start is not None and end is not None and start.find(values) > end.find(values):
                raise NotCompiledError("range")

        self._fills.append(check)
        return Days(*(None if each is None else self.value(each.find, lambda day: day.isoformat()) for each in (start, end)))

    def terms(self, argument: Argument) -> Slot:
        """A slot of a full text query."""

        def query(text: str) -> str:
            terms = query_terms(_checked(text))
            if not terms:
                raise NotCompiledError("no word")
            return terms_query(self.dialect, terms)

        return self.value(argument.find, query)

    def name(self, argument: Argument) -> Slot:
        """A slot of a folded name."""
        return self.value(argument.find, lambda text: fold(_checked(text)))

    def start(self, argument: Argument) -> Slot:
        """A slot of the beginning of a name."""

        def start(text: str) -> str:
            beginning = name_start(_checked(text))
            if not beginning:
                raise NotCompiledError("no letter")
            return beginning

        return self.value(argument.find, start)

    def share(self, argument: Argument) -> Slot:
        """A slot of a number from 0 to 1."""

        def share(value: float) -> float:
            if not 0 <= value <= 1:
                raise NotCompiledError("share")
            return value

        return self.value(argument.find, share)

    def size(self, argument: Argument | None) -> tuple[Slot, int]:
        """A slot of how many rows a page has, and how many to look at, which is more."""

        def size(rows: int) -> int:
            if not 0 <= rows <= MAX_PAGE:
                raise NotCompiledError("size")
            return rows

        if argument is None:
            return self.value(lambda values: DEFAULT_PAGE, size), DEFAULT_PAGE + 1
        return self.value(argument.find, size), argument.shape

    def cursor(self, ordering: Ordering, argument: Argument) -> tuple[Slot, ...]:
        """Slots of the sort key that a cursor holds."""
        names = []
        for _ in ordering.keys:
            self._count += 1
            names.append(f"v{self._count}")
        find = argument.find

        def fill(values: Values, filled: dict[str, Value]) -> None:
            try:
                key = decode_cursor(ordering, find(values))
            except UsageError:
                raise NotCompiledError("cursor") from None
            for name, each in zip(names, key, strict=True):
                filled[name] = each if isinstance(each, str | int | float) else each.isoformat()

        self._fills.append(fill)
        return tuple(map(Slot, names))


def _checked(text: str) -> str:
    if len(text) > MAX_TEXT or not is_storable(text):
        raise NotCompiledError("text")
    return text
