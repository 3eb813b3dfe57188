"""Names as strings: the form two names are compared in, other spellings of a name, titles before it, its acronym."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice, product
from typing import Final

from rigour.names import remove_person_prefixes
from rigour.text.translit import maybe_ascii

from kb.resolve.spellings import SUFFIX_CLASSES, TITLES, WORD_CLASSES

# A name with more variants than this has several words of many spellings; its rarest combinations are given up.
_MOST_SPELLINGS: Final = 96

_APOSTROPHES: Final = str.maketrans(dict.fromkeys("’‘ʼʻʹ`´′", "'"))
_UMLAUTS: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Ø": "Oe"}
)
_INITIALS: Final = re.compile(r"(?<![\w'])[a-z](?:\.\s?[a-z](?!\w))+\.?")
_POSSESSIVE: Final = re.compile(r"(?:'s|(?<=s)')$")
_ARTICLE: Final = re.compile(r"^(?:the )+")
_NO_WORD: Final = re.compile(r"[\W_]+")
_ABD_AL: Final = re.compile(r"\babd[ ]?(?:al|el|ul|ur|us)\b")
_CO: Final = re.compile(r"\bco (?=op|ord)")
# "Asia-Pacific" counts as two words, "Co-operation" as one.
_WORD: Final = re.compile(r"[^\W\d_](?:[\w.'’]|[-‐](?=[a-zà-ÿ]))*")
_UNCOUNTED: Final = frozenset(
    {"a", "an", "and", "as", "at", "by", "da", "de", "del", "der", "des", "di", "do", "dos", "du", "et", "for", "from", "in"}
    | {"la", "las", "le", "los", "of", "on", "or", "the", "to", "und", "van", "von", "with", "y"}
)
_TITLE: Final = re.compile(rf"(?:then-|ex-|former |acting |interim )*(?:{'|'.join(TITLES)})\.?,? +(?=\S)", re.IGNORECASE)


def fold_name(name: str) -> str:
    """The form in which names are compared: Latin, lower case, single spaces; "" where nothing is left.

    Accents, punctuation, a closing possessive and a leading article fall away, initials close up: "The U.S." and "US" are both
    "us", "Côte d'Ivoire's" is "cote divoire", "al-Assad" is "al assad".
    """
    # Half of a surrogate pair, which JSON can bring in, is no character and cannot be transliterated.
    whole = name.encode("utf-8", "ignore").decode("utf-8")
    text = unicodedata.normalize("NFKC", whole).translate(_APOSTROPHES)
    text = maybe_ascii(text).translate(_APOSTROPHES).casefold().strip()
    if not text.isascii():
        # One sign without a Latin form keeps all the others from being transliterated, so they go one by one.
        signs = (sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
        text = "".join(maybe_ascii(sign) for sign in signs).casefold().strip()
    text = _POSSESSIVE.sub("", text)
    text = _INITIALS.sub(lambda match: re.sub(r"[.\s]", "", match[0]) + " ", text)
    text = _NO_WORD.sub(" ", text.replace("'", "").replace("&", " and ")).strip()
    return _ARTICLE.sub("", text)


def list_spellings(name: str) -> tuple[str, ...]:
    """Folded spellings that `name` may also have, its own first and the others sorted; empty where nothing is left of it.

    Two names are spellings of one another when their lists share a member: Zelenskiy and Zelenskyy, Kyiv and Kiev,
    Muhammad and Mohamed. A list is at most two hundred long and mostly has one member.
    """
    own = fold_name(name)
    if not own:
        return ()
    found: set[str] = set()
    for base in {own, fold_name(name.translate(_UMLAUTS))}:
        options = [_list_word_spellings(word) for word in _ABD_AL.sub("abdel", base).split()]
        found.update(" ".join(words) for words in islice(product(*options), _MOST_SPELLINGS))
        found.add(base)
    found.discard(own)
    return (own, *sorted(found))


def spelling_key(name: str) -> str:
    """One form for all spellings of `name`: Zelenskiy and Zelenskyy, Kyiv and Kiev, Côte and Cote; "" where nothing is left.

    Words as in `fold_name`, each in the first of its spellings. Umlauts count as the bare letter.
    """
    folded = _CO.sub("co", _ABD_AL.sub("abdel", fold_name(name)))
    return " ".join(_list_word_spellings(word)[0] for word in folded.split())


@lru_cache(maxsize=32_768)
def _list_word_spellings(word: str) -> tuple[str, ...]:
    known = WORD_CLASSES.get(word)
    if known is not None:
        return known
    for least, endings in SUFFIX_CLASSES:
        if len(word) < least:
            continue
        for ending in endings:
            if word.endswith(ending):
                stem = word[: -len(ending)]
                return tuple(stem + other for other in endings)
    return (word,)


def drop_titles(name: str) -> str:
    """`name` without forms of address and offices before it ("President", "Dr.", "Secretary of State"); never empty-handed.

    What is only a title comes back as it is.
    """
    rest = name.strip()
    while True:
        shorter = remove_person_prefixes(_TITLE.sub("", rest, count=1) if _TITLE.match(rest) else rest).strip()
        if not shorter or shorter == rest:
            return rest
        rest = shorter


def make_acronym(name: str) -> str:
    """The capitals that abbreviate `name`, small words left out ("OSCE", "APEC", "UN"); "" for names of a single word."""
    words = [word for word in _WORD.findall(name) if word[0].isupper() and word.casefold() not in _UNCOUNTED]
    acronym = maybe_ascii("".join(word[0] for word in words)).upper()
    return acronym if len(words) > 1 else ""
