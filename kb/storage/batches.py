"""Long lists of ids in pieces that both databases take as bound parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import BindParameter, ColumnElement, Row, Select, bindparam
from sqlalchemy.orm import Session

T = TypeVar("T")

BATCH: Final = 1000
# NUL, and halves of characters that UTF-16 writes as two.
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


def batches(values: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The values in their order, each once, in lists of at most `size`."""
    source = iter(dict.fromkeys(values))
    while piece := list(islice(source, size)):
        yield piece


def rows_in(session: Session, statement: Select[Any], column: ColumnElement[Any], values: Iterable[object]) -> Iterator[Row[Any]]:
    """What `statement` gives where `column` is one of the values; its order holds inside a batch alone."""
    for batch in batches(values):
        # One parameter, which is taken apart when all is ready: a thousand of them would be looked at one by one before.
        given: BindParameter[object] = bindparam(None, batch if _are_storable(batch) else list(storable(batch)), expanding=True)
        yield from session.execute(statement.where(column.in_(given))).all()


def _are_storable(values: Sequence[object]) -> bool:
    return is_storable("".join(value for value in values if isinstance(value, str)))


def storable(values: Iterable[T]) -> Iterator[T]:
    """Without the texts that no database keeps, such as one with a NUL: an id like that names nothing, and that is all."""
    return (value for value in values if not isinstance(value, str) or is_storable(value))


def is_storable(text: str) -> bool:
    """Whether a database keeps the text: one with a NUL or half a character names nothing and stands nowhere."""
    return _UNSTORABLE.search(text) is None
