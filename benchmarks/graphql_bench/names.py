"""Invented names: of people, countries, organisations and regions, always the same for one seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from kb.domain.entity import AliasKind, EntityKind
from kb.domain.ids import local_entity_id, reference_entity_id
from kb.storage.terms import fold

_STARTS: Final = (
    "b", "br", "c", "ch", "d", "dr", "f", "g", "gr", "h", "j", "k", "kr", "l", "m", "n", "p", "pr", "r", "s", "sh", "st", "t",
    "tr", "v", "w", "z",
)  # fmt: skip
_VOWELS: Final = ("a", "e", "i", "o", "u", "a", "e", "o", "ai", "ei", "ou", "ia")
_ENDS: Final = ("n", "r", "l", "s", "k", "m", "nd", "rt", "v", "st", "", "", "", "", "", "")
_BODIES: Final = (
    "Ministry of {}", "{} Council", "Bank of {}", "{} Group", "{} Party", "University of {}", "{} Front", "Institute of {}",
    "{} News Agency", "{} Energy", "Court of {}", "{} Command",
)  # fmt: skip
_PLACES: Final = ("{}", "{} Province", "North {}", "South {}", "{} Valley", "Lake {}", "{} Peninsula", "Port {}")
# Every third entity and all countries are known to Wikidata.
_KNOWN_SHARE: Final = 3
_COUNTRIES: Final = 196


@dataclass(frozen=True, slots=True)
class Named:
    """An entity; `aliases` are (name, kind, whether it is the name in full), each name once."""

    id: str
    kind: EntityKind
    name: str
    wikidata_id: str | None
    aliases: tuple[tuple[str, AliasKind, bool], ...]


def invent_entities(count: int, seed: int) -> list[Named]:
    """`count` entities, the most spoken of first: countries stand among the first, the other kinds everywhere."""
    rng = random.Random(seed)
    words = sorted({_word(rng) for _ in range(6_000)})
    given = sorted({_word(rng, 2) for _ in range(700)})
    rng.shuffle(words)
    taken: set[str] = set()
    return [_entity(number, rng, words, given, taken) for number in range(count)]


def _word(rng: random.Random, syllables: int | None = None) -> str:
    parts = syllables or rng.choice((2, 2, 3, 3, 4))
    raw = "".join(rng.choice(_STARTS) + rng.choice(_VOWELS) for _ in range(parts)) + rng.choice(_ENDS)
    return raw.capitalize()


def _entity(number: int, rng: random.Random, words: list[str], given: list[str], taken: set[str]) -> Named:
    if number < 2 * _COUNTRIES and number % 2 == 0:
        kind = EntityKind.COUNTRY
    else:
        kind = rng.choices((EntityKind.PERSON, EntityKind.ORGANISATION, EntityKind.REGION), (5, 3, 2))[0]
    word = rng.choice(words)
    name, more = _names(kind, word, rng, given)
    while name in taken:
        word = rng.choice(words)
        name, more = _names(kind, word, rng, [*given, *words])
    taken.add(name)
    known = kind is EntityKind.COUNTRY or number % _KNOWN_SHARE == 0
    wikidata_id = f"Q{1_000 + 7 * number}" if known else None
    key = reference_entity_id(wikidata_id) if wikidata_id else local_entity_id(str(kind), fold(name))
    aliases = {name: (AliasKind.NAME, True)}
    for alias, of in more:
        aliases.setdefault(alias, (of, False))
    return Named(key, kind, name, wikidata_id, tuple((alias, of, full) for alias, (of, full) in aliases.items()))


def _names(kind: EntityKind, word: str, rng: random.Random, given: list[str]) -> tuple[str, list[tuple[str, AliasKind]]]:
    if kind is EntityKind.COUNTRY:
        name = word.rstrip("aeiou") + rng.choice(("ia", "land", "stan", "ova"))
        return name, [(f"Republic of {name}", AliasKind.NAME), (f"{name}n", AliasKind.DEMONYM)]
    if kind is EntityKind.PERSON:
        first = rng.choice(given)
        name = f"{first} {word}"
        other = [(f"{first[0]}. {word}", AliasKind.NAME)] if rng.random() < 0.4 else []
        return name, [(word, AliasKind.NAME), *other]
    if kind is EntityKind.ORGANISATION:
        name = rng.choice(_BODIES).format(f"{word} {rng.choice(given)}" if rng.random() < 0.5 else word)
        short = "".join(part[0] for part in name.split() if part[0].isupper())
        return name, [(short, AliasKind.ACRONYM)] if len(short) > 2 else []
    name = rng.choice(_PLACES).format(word)
    return name, [(word, AliasKind.NAME)] if word != name else []
