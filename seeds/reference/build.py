"""Builds the reference set from its sources and the hand-written additions.

    python seeds/reference/build.py SOURCES_DIR --out seeds/reference
    python seeds/reference/build.py SOURCES_DIR --check seeds/reference

SOURCES_DIR has the folders countries, factbook, organisations and leaders_2026 that SOURCES.md names; leaders_2022, where it is
there too, is only compared with. Prints what was written with its checksum and which statements disagree; the same input gives
the same bytes. `--check` writes nothing and fails where a file of the folder is not what the sources and `hand` give.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent)]

from builders.bodies import build_bodies  # noqa: E402
from builders.cities import build_cities  # noqa: E402
from builders.countries import build_countries, read_factbook  # noqa: E402
from builders.organisations import build_organisations  # noqa: E402
from builders.people import build_people  # noqa: E402
from builders.regions import build_provinces, build_regions  # noqa: E402
from builders.rows import read_hand, to_lines, write_rows  # noqa: E402
from builders.short_names import add_short_names  # noqa: E402
from builders.wikidata_ids import give_ids  # noqa: E402

from kb.domain.reference import ReferenceEntity  # noqa: E402

HAND = HERE / "hand"


def check_keys(written: Mapping[str, Sequence[ReferenceEntity]]) -> None:
    """Stops where a key is used twice, or a country, member or office points to nothing."""
    entities = [entity for noun in written.values() for entity in noun]
    counted = Counter(entity.key for entity in entities)
    problems = [f"{key} stands {times} times" for key, times in counted.items() if times > 1]
    for entity in entities:
        pointed = (entity.country, *entity.members, *(office.of for office in entity.offices))
        problems += [
            f"{entity.name} points to {key}, which is nothing" for key in pointed if key is not None and key not in counted
        ]
    if problems:
        raise SystemExit("\n".join(problems))


def main() -> None:
    """Reads the command line and writes the five files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path, help="folder of the sources, one folder each")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", type=Path, help="folder to write the .jsonl files to")
    where.add_argument("--check", type=Path, help="folder whose .jsonl files to compare with, writing nothing")
    arguments = parser.parse_args()
    written = build(arguments.sources)
    check_keys(written)
    if arguments.check:
        stale = [f"{noun}.jsonl" for noun in written if not _is_current(arguments.check / f"{noun}.jsonl", written[noun])]
        if stale:
            raise SystemExit(f"not what the sources give: {', '.join(stale)}; run with --out {arguments.check}")
        print("all files are what the sources give")
        return
    arguments.out.mkdir(parents=True, exist_ok=True)
    for noun, entities in written.items():
        path = arguments.out / f"{noun}.jsonl"
        count = write_rows(path, entities)
        print(f"{noun}: {count}, {hashlib.sha256(path.read_bytes()).hexdigest()}")
    sources: Path = arguments.sources
    for path in sorted(path for path in sources.rglob("*") if path.suffix in (".json", ".jsonl", ".yaml", ".csv")):
        print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(sources).as_posix()}", file=sys.stderr)


def _is_current(path: Path, entities: Sequence[ReferenceEntity]) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == to_lines(path.name, entities)


def build(sources: Path) -> dict[str, tuple[ReferenceEntity, ...]]:
    """All entities by the file they go to, read from `sources` and `hand`."""
    factbook = read_factbook(sources, HAND)
    countries, keys = build_countries(sources, HAND, factbook)
    organisations = build_organisations(sources, HAND, factbook, keys)
    bodies = build_bodies(HAND, keys, {country.key: country for country in countries})
    ids = read_hand(HAND, "wikidata")
    people = add_short_names(build_people(sources, HAND, factbook, keys), HAND)
    regions = build_regions(HAND, keys)
    capitals = {country.key: country.capital for country in countries if country.capital}
    cities = build_cities(HAND, keys, capitals, (*countries, *regions))
    provinces = build_provinces(HAND, keys, (*countries, *regions, *cities))
    return {
        "countries": countries,
        "regions": give_ids((*regions, *cities, *provinces), {**ids["places"], **ids["regions"], **ids["cities"]}, "places"),
        "organisations": give_ids(organisations, ids["organisations"], "organisations"),
        "bodies": give_ids(bodies, ids["bodies"], "bodies"),
        "people": give_ids(people, ids["people"], "people"),
    }


if __name__ == "__main__":
    main()
