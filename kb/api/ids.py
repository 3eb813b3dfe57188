"""Ids of the API: the storage's own, whose prefix says what they name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from kb.api.limits import MAX_IDS
from kb.errors import UsageError

if TYPE_CHECKING:
    from kb.api.context import Context

_FORM: Final = re.compile(r"([a-z]{3})_[A-Za-z0-9_.:-]{1,80}")

# Prefix of an id -> the noun it names.
NOUNS: Final[Mapping[str, str]] = {
    "art": "article",
    "clm": "claim",
    "ent": "entity",
    "evt": "event",
    "fct": "fact",
    "jdg": "judgement",
    "men": "mention",
    "qty": "quantity",
    "rel": "relation",
    "ret": "retraction",
    "run": "run",
    "spl": "split",
    "src": "source",
    "sty": "story",
}
_PLURALS: Final[Mapping[str, str]] = {noun: f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s" for noun in NOUNS.values()}


def noun_of(key: str) -> str:
    """The noun that `key` names; raises UsageError where it is no id at all."""
    match = _FORM.fullmatch(key)
    noun = NOUNS.get(match[1]) if match else None
    if noun is None:
        raise UsageError(f"{key[:80]!r} is no id; take one from a field id, it looks like ent_Q159")
    return noun


def names(key: str, noun: str) -> bool:
    """Whether `key` is an id of a `noun`."""
    match = _FORM.fullmatch(key)
    return match is not None and NOUNS.get(match[1]) == noun


def check_id(name: str, noun: str, key: str) -> str:
    """`key`; raises UsageError where it is no id of a `noun`. `name` is the argument's, for the message."""
    found = noun_of(key)
    if found != noun:
        raise UsageError(f"{name}: {key!r} names one of the {_PLURALS[found]}; give the id of one of the {_PLURALS[noun]}")
    return key


async def check_ids(context: Context, name: str, noun: str, keys: Sequence[str] | None) -> None:
    """Raises UsageError for a key that is no id of a `noun`, NotFoundError for one that names nothing."""
    if keys is None:
        return
    if len(keys) > MAX_IDS:
        raise UsageError(f"{name}: {len(keys)} ids are too many; give up to {MAX_IDS}")
    for key in keys:
        check_id(name, noun, key)
    await context.loaders.of(noun).load_many(keys)
