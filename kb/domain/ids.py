"""Deterministic identifiers: the same content gets the same id in every process, run and database."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Final

# 80 bits: a billion rows collide with a chance below one in a million, and an id stays short enough to read out.
_DIGEST_BYTES: Final = 10
_LOCAL: Final = re.compile(rf"ent_[0-9a-f]{{{2 * _DIGEST_BYTES}}}")
# No shorter limit than Wikidata's own numbers need for long.
_WIKIDATA: Final = re.compile(r"Q[1-9][0-9]{0,14}")
# A Wikidata id, or what the set calls its own: "city-davos". No digest has a hyphen.
_REFERENCE: Final = re.compile(r"ent_(?:Q[1-9][0-9]*|[a-z]+-.+)")


def content_id(prefix: str, *parts: str) -> str:
    """`prefix_` and 20 hexadecimal digits that depend on every part and on where one part ends."""
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return f"{prefix}_{digest.hexdigest()}"


def article_id(original: str) -> str:
    """The id of the article whose kept original is `original`."""
    return content_id("art", original)


def source_id(name: str) -> str:
    """The id of the publisher called `name` (compared without case)."""
    return content_id("src", name.casefold().strip())


def is_wikidata_id(text: str) -> bool:
    """Whether `text` can be one: Q159."""
    return _WIKIDATA.fullmatch(text) is not None


def reference_entity_id(wikidata_id: str) -> str:
    """The id of an entity known to Wikidata."""
    return f"ent_{wikidata_id}"


def is_reference_id(entity_id: str) -> bool:
    """Whether the reference set gave the entity its id, and not an article or a split."""
    return _REFERENCE.fullmatch(entity_id) is not None


def local_entity_id(kind: str, folded_name: str, article_id: str = "") -> str:
    """The id of an entity nobody knows: by kind and name, and by article where it has no name of its own."""
    return content_id("ent", kind, folded_name, article_id)


def is_local_entity(entity_id: str) -> bool:
    """Whether the id is one of `local_entity_id`: of somebody whom the reference set does not know."""
    return _LOCAL.fullmatch(entity_id) is not None


def act_id(prefix: str, *parts: str) -> str:
    """The id of something somebody did (a judgement, a split): no two are the same, even of equal `parts`."""
    return content_id(prefix, *parts, secrets.token_hex(16))


def mention_id(article_id: str, start: int, end: int, entity_id: str) -> str:
    """The id of one mention of one entity; "the breakaway regions" is a mention of two."""
    return content_id("men", article_id, str(start), str(end), entity_id)
