"""How fast names are linked to the reference set, and how that grows with their number.

    python -m benchmarks.linking_speed [--sizes 10000,100000,1000000] [--rounds N] [--json]

Names are invented as news has them, always the same: an article names about fourteen whom it means, forty times in all, the first
time in full and people then mostly by surname. Six of ten are of the reference set, by any of their names, adjectives, acronyms
and seats; the others are people, bodies and places that nobody knows, of eleven cultures. One name in eight is in another
spelling, behind a title or has two letters changed over. Who is named follows Zipf's law, so that there are ever more whom nobody
named before, but ever more slowly. The tagger's part, finding names and their kinds in a text, is not measured.

`linking` is looking up the candidates of each name and deciding whom each name of an article means; `clustering` is finding those
that are one among all names that nobody knows, at once at the end. Each size is measured in a process of its own, after a
warm-up of 5,000 other names; sizes take turns, and times are medians of the rounds, in seconds of that process's CPU, so that a
busy machine matters little. `MB` is the highest resident size (VmHWM) of all rounds, `MB before` that size when the
reference set was loaded; where there is no /proc they are not measured.

Each size must not take more time a mention than the one before, but for a tenth that measuring is off by. Exit code 1 where it
does.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from pathlib import Path
from statistics import median
from typing import Final

from kb.domain.curation import NamedEntity
from kb.domain.entity import EntityKind
from kb.domain.gazetteer import Gazetteer
from kb.domain.ids import local_entity_id
from kb.domain.mention import NameMention, Usage
from kb.domain.reference import ReferenceEntity
from kb.errors import KbError
from kb.ingest.extract import load_gazetteer
from kb.resolve.clusters import choose_canonical
from kb.resolve.likeness import list_alike
from kb.resolve.linker import resolve_names
from kb.resolve.names import fold_name, list_spellings
from kb.settings import read_settings

SIZES: Final = (10_000, 100_000, 1_000_000)
_NAMES: Final = 40
_MEANT: Final = 14
_OF_SET: Final = 0.6
_CHANGED: Final = 0.125
_INVENTED: Final = 300_000
_WARM: Final = 5_000
_SEED, _WARM_SEED = 1, 2
_BATCH: Final = 100
_MOST_GROWTH: Final = 1.1
_TITLES: Final = ("President", "Prime Minister", "Mr", "Mrs", "Dr", "General", "Foreign Minister", "Sheikh")

# Forenames, and beginnings, middles and endings of surnames, by culture.
_CULTURES: Final = tuple(
    tuple(tuple(part.split()) for part in rows)
    for rows in (
        (
            "Anna Boris Dmitry Elena Igor Olga Pavel Sergei Yuri Marina Viktor Larisa Gennady Oksana Taras",
            "Bel Dor Gor Kar Lob Mal Rud Sav Tar Vor Zab Pet Kov Chern",
            "an ov il esh ak on ub az",
            "ov enko yuk insky in",
        ),
        (
            "Ahmed Fatima Hassan Khalid Layla Mohammed Omar Youssef Ibrahim Nadia Salim Tariq Walid Zeinab",
            "Ba Fa Ha Sa Ta Ra Ja Ma Na Qa Za",
            "ba dha li mi shi ri ha wa",
            "rqi didi lmi mdani ssan zzi d l m",
        ),
        ("Wei Xiaoming Jun Fang Hui Lei Min Guoqiang Yan Zhiyuan", "Zha Che Sho Lia Xu Hua Gu Ji Ma We", "an en ia", "ng n o"),
        ("Min-jun Seo-yeon Ji-hoon Hye-jin Sung-ho Dong-wook Eun-ji", "Kim Par Cho Jeo Yoo Shi Han Bae Kwo", "a eo", "k n ng i"),
        (
            "James Emily Peter Susan George Laura Henry Alice Walter Diane Gordon Ruth Philip",
            "Ash Black Har North Win Wood Stan Ches Dun Ever Gold Hart",
            "er ing al en ow",
            "ford ley ton well field son by worth",
        ),
        (
            "Juan María José Lucía Carlos Elena Miguel Rosa Andrés Pilar Ramón",
            "Cas Fer Her Mar Ro Sal Val Gut Men Or Ech",
            "ar er al an iv",
            "tillo nández rera tínez dríguez vador dés",
        ),
        (
            "Jürgen Anke Matthias Ulrike Stefan Heike Dieter Sabine Holger Petra",
            "Berg Hoff Kauf Lind Neu Schön Stein Rosen Wald Falk",
            "en er el in",
            "mann er meier feld bauer bach",
        ),
        (
            "Amina Chidi Kwame Ngozi Tunde Zainab Kofi Adaeze Sekou Fatou Mamadou",
            "Ade Oka Nwa Bolu Ekwe Oba Dia Kei Tou",
            "wa ko la mi ra ye",
            "yemi for bue tola nsi sanjo ré ta",
        ),
        (
            "Arjun Priya Rajesh Sunita Vikram Anjali Mohan Lakshmi Sanjay",
            "Chatter Mukher Bhatta Sub Ven Raj Kri Gop Nara",
            "a esh in am",
            "jee charya ramanian kataraman put shnan",
        ),
        (
            "Ayşe Mehmet Fatma Mustafa Emre Zeynep Hakan Elif Orhan",
            "Yıl Öz Kara Ak Demir Çel Tan Er",
            "a dı er en",
            "maz türk can soy ik dağ",
        ),
        (
            "Haruto Yuki Kenji Aiko Takeshi Naomi Hiroshi Emi",
            "Taka Yama Naka Mura Ishi Kobaya Ono Fuji",
            "shi no ga sa",
            "hashi moto mura kami da ki",
        ),
    )
)  # fmt: skip
# What bodies are about, and what they are.
_FIELDS, _HEADS = (
    tuple(words.split())
    for words in (
        "Democratic National Liberation People's Energy Trade Workers Human Environmental Press Student Farmers Defence Health"
        " Islamic Christian Steel Shipping Water Youth Women's Research Development Veterans Teachers Football Peace Reform",
        "Party Union Front Movement Council Institute Group Bank Association Committee Foundation Agency Alliance Congress"
        " Company Federation Centre Forum Network League",
    )
)
_BODIES: Final = ("{} {} {}", "{} {} {}", "{2} of {0} {1}", "{0} {2}", "{2} of {0}", "{0} and {1} {2}")
_PLACES: Final = ("New {}", "{} Valley", "{}abad", "San {}", "{}grad", "Port {}")


@dataclass(frozen=True, slots=True)
class Meant:
    """Somebody who can be named: by `full` names at first, then mostly by `short` ones."""

    kind: EntityKind
    full: tuple[str, ...]
    short: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A name in an article, and what a tagger takes it for."""

    text: str
    kind: EntityKind | None
    usage: Usage


@dataclass(frozen=True, slots=True)
class Lap:
    """One measurement: CPU seconds, what came out, and the resident size in MB when the set was loaded and at its highest."""

    mentions: int
    linking: float
    clustering: float
    linked: int
    unknown: int
    clusters: int
    loaded: float | None
    peak: float | None


@dataclass(frozen=True, slots=True)
class Growth:
    """How much longer a mention takes among `more` of them than among `fewer`."""

    what: str
    fewer: int
    more: int
    ratio: float

    @property
    def met(self) -> bool:
        """Whether time grows no worse than linearly."""
        return self.ratio <= _MOST_GROWTH


def rank(draw: random.Random, number: int) -> int:
    """A number from 0 to below `number`, the first ones the most often: about as often as one part in (itself + 1)."""
    return min(number - 1, int((number + 1) ** draw.random()) - 1)


def of_reference(entity: ReferenceEntity) -> Meant:
    """How a known entity is named."""
    full = (entity.name, *entity.names)
    if entity.kind is EntityKind.PERSON:
        return Meant(entity.kind, full, (entity.name.split()[-1],))
    return Meant(entity.kind, (*full, *entity.acronyms), (entity.name, *entity.acronyms, *entity.demonyms, *entity.metonyms))


@lru_cache(maxsize=100_000)
def invent(number: int) -> Meant:
    """The `number`-th of those whom nobody knows; the same number is the same one."""
    draw = random.Random(number)
    forenames, beginnings, middles, endings = draw.choice(_CULTURES)

    def surname() -> str:
        middle = draw.choice(middles) if draw.random() < 0.7 else ""
        return beginnings[rank(draw, len(beginnings))] + middle + endings[rank(draw, len(endings))]

    sort = draw.random()
    if sort < 0.6:
        forename = forenames[rank(draw, len(forenames))]
        second = draw.choice(("", "", "", f"-{surname()}", f" {surname()}"))
        name = f"{forename} {surname()}{second}"
        return Meant(EntityKind.PERSON, (name,), (name.split()[-1],))
    stem = f"{surname()} {surname()}" if draw.random() < 0.3 else surname()
    if sort < 0.9:
        name = draw.choice(_BODIES).format(stem, _FIELDS[rank(draw, len(_FIELDS))], _HEADS[rank(draw, len(_HEADS))])
        return Meant(EntityKind.ORGANISATION, (name,), (name,))
    name = draw.choice(_PLACES).format(stem)
    return Meant(EntityKind.REGION, (name,), (name,))


def change(name: str, kind: EntityKind, draw: random.Random) -> str:
    """`name` as another writer has it: spelt otherwise, behind a title, or with two letters changed over."""
    sort = draw.random()
    if kind is EntityKind.PERSON and sort < 0.4:
        return f"{draw.choice(_TITLES)} {name}"
    if sort < 0.8:
        return draw.choice(list_spellings(name) or (name,)).title()
    at = draw.randrange(max(1, len(name) - 1))
    return name[:at] + name[at : at + 2][::-1] + name[at + 2 :]


def write_articles(known: Sequence[Meant], seed: int) -> Iterator[tuple[date | None, list[Said]]]:
    """Articles without end: when each came out, and its names in order. The same ones for the same seed."""
    draw = random.Random(seed)
    usual = list(known)
    random.Random(0).shuffle(usual)
    uses = (Usage.ACTS, Usage.ACTS, Usage.PLACE, Usage.OTHER)
    while True:
        meant = [
            usual[rank(draw, len(usual))] if draw.random() < _OF_SET else invent(rank(draw, _INVENTED)) for _ in range(_MEANT)
        ]
        named: set[int] = set()
        names = []
        for _ in range(_NAMES):
            number = rank(draw, _MEANT)
            each = meant[number]
            text = draw.choice(each.full if number not in named or draw.random() < 0.2 else each.short)
            named.add(number)
            if draw.random() < _CHANGED:
                text = change(text, each.kind, draw)
            names.append(Said(text, None if draw.random() < 0.1 else each.kind, draw.choice(uses)))
        day = date(2000, 1, 1) + timedelta(days=draw.randrange(9_600))
        yield (None if draw.random() < 0.1 else day), names


def link_article(names: Sequence[Said], day: date | None, gazetteer: Gazetteer) -> tuple[int, list[NamedEntity]]:
    """How many of the names were linked to the set, and whom the others mean."""
    mentions = []
    start = 0
    for number, name in enumerate(names):
        end = start + len(name.text)
        candidates = gazetteer.candidates(name.text)
        mentions.append(NameMention(number // 5, number, number + 1, start, end, name.text, name.kind, candidates, name.usage))
        start = end + 1
    referents, resolved = resolve_names(mentions, gazetteer, day)
    linked = sum(referents[mention.referents[0]].key is not None for mention in resolved)
    return linked, [
        NamedEntity(local_entity_id(each.kind, fold_name(each.name)), each.kind, each.name)
        for each in referents
        if each.key is None and not each.nameless and not each.scoped
    ]


def measure(mentions: int) -> Lap:
    """One lap over so many mentions; to be called in a fresh process."""
    gazetteer = load_gazetteer(read_settings())
    known = [of_reference(entity) for entity in gazetteer.entities.values()]
    for day, names in islice(write_articles(known, _WARM_SEED), _WARM // _NAMES):
        link_article(names, day, gazetteer)
    loaded = read_peak()
    articles = islice(write_articles(known, _SEED), mentions // _NAMES)
    unknown: dict[str, NamedEntity] = {}
    linked, linking = 0, 0.0
    while batch := list(islice(articles, _BATCH)):
        start = time.process_time()
        for day, names in batch:
            right, others = link_article(names, day, gazetteer)
            linked += right
            for other in others:
                unknown.setdefault(other.id, other)
        linking += time.process_time() - start
    start = time.process_time()
    entities = list(unknown.values())
    canonical = choose_canonical(entities, (), (), list_alike(entities, ()))
    clustering = time.process_time() - start
    clusters = len(set(canonical.values()))
    return Lap(mentions // _NAMES * _NAMES, linking, clustering, linked, len(unknown), clusters, loaded, read_peak())


def read_peak() -> float | None:
    """The highest resident size of this process so far, in MB; None where that is not told."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    except OSError:
        return None
    return int(found[1]) / 1024 if found else None


def run(sizes: Sequence[int], rounds: int) -> dict[int, list[Lap]]:
    """The laps of each size, in the order of the rounds, each in a process of its own."""
    laps: dict[int, list[Lap]] = {size: [] for size in sizes}
    context = multiprocessing.get_context("spawn")
    for _ in range(rounds):
        for size in sizes:
            with context.Pool(1) as pool:
                laps[size].append(pool.apply(measure, (size,)))
    return laps


def list_growth(laps: Mapping[int, Sequence[Lap]]) -> tuple[Growth, ...]:
    """The ratios of the time a mention takes, of each size to the one before: of linking, then of both together."""
    growth = []
    for what, parts in (("linking", ("linking",)), ("linking and clustering", ("linking", "clustering"))):
        times = {size: median(sum(asdict(lap)[part] for part in parts) / lap.mentions for lap in of) for size, of in laps.items()}
        growth += [Growth(what, fewer, more, times[more] / times[fewer]) for fewer, more in pairwise(sorted(times))]
    return tuple(growth)


def _write_tables(laps: Mapping[int, Sequence[Lap]], growth: Sequence[Growth]) -> None:
    print(f"{len(next(iter(laps.values())))} rounds\n")
    header = ("mentions", "a second", "linking s", "clustering s", "linked", "unknown names", "clusters", "MB before", "MB")
    print("  ".join(header))
    for of in laps.values():
        one = of[0]
        linking, clustering = median(lap.linking for lap in of), median(lap.clustering for lap in of)
        cells = (
            str(one.mentions),
            f"{one.mentions / linking:.0f}",
            f"{linking:.2f}",
            f"{clustering:.2f}",
            f"{one.linked / one.mentions:.3f}",
            str(one.unknown),
            str(one.clusters),
            _largest(lap.loaded for lap in of),
            _largest(lap.peak for lap in of),
        )
        print("  ".join(map(str.rjust, cells, map(len, header))))
    print()
    for each in growth:
        what = f"{each.what}, time a mention, {each.more} / {each.fewer}"
        print(f"{what:62} {each.ratio:5.2f}   at most {_MOST_GROWTH:g}: {'yes' if each.met else 'NO'}")


def _largest(sizes: Iterable[float | None]) -> str:
    told = [size for size in sizes if size is not None]
    return f"{max(told):.0f}" if told else "-"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 where time grows worse than linearly, 2 where the reference set cannot be read."""
    parser = argparse.ArgumentParser(prog="benchmarks.linking_speed", description="Measure how fast names are linked.")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of mentions, separated by commas")
    parser.add_argument("--rounds", type=int, default=3, help="how often each size is measured")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    try:
        laps = run(sorted({int(size) for size in options.sizes.split(",")}), options.rounds)
    except KbError as error:
        print(error, file=sys.stderr)
        return 2
    growth = list_growth(laps)
    if options.json:
        sizes = {size: [asdict(lap) for lap in of] for size, of in laps.items()}
        print(json.dumps({"laps": sizes, "growth": [asdict(each) | {"met": each.met} for each in growth]}, indent=2))
    else:
        _write_tables(laps, growth)
    return 0 if all(each.met for each in growth) else 1


if __name__ == "__main__":
    sys.exit(main())
