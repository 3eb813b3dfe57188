"""What people are called when not by their full name."""

from __future__ import annotations

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_REGNAL: Final = re.compile(r"[IVX]+")
_GENERATION: Final = frozenset({"jr", "sr", "junior", "senior"})
_LONGEST_FAMILY_FIRST: Final = 3
# Words that belong to the surname behind them: "von der Leyen", "de Gaulle", "bin Salman", "Ould Abdel Aziz".
_PARTICLES: Final = frozenset(
    {"al", "ap", "bin", "bint", "ibn", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el", "la"}
    | {"le", "ould", "san", "st", "ten", "ter", "van", "vander", "von", "zu"}
)
# The commonest family names that Chinese and Korean put first; with another word behind it that is none, each is the surname.
_FAMILY_FIRST: Final = _words(
    """
    ahn bae bak ban cai cao chang chen cheng cho choe choi chung deng dong du fan fang feng fu gao geng gong gu guo gwak
    han hao heo hong hou hu hua huang hui hwang im jang jeon jeong ji jia jiang jin jo jung kang kim ko kwon lee lei li
    liang liao lim lin liu lu luo lyu ma meng mo moon na nam noh oh pan pang park peng qian qiao qin qiu ren ri rim roh
    rong ryu seo shao shen shi shim shin su suh sun tang tao tsai wang wei wen won woo wu xi xia xiao xie xu xue yan yang
    yao yeon yim yoo yoon yu yuan yun zeng zhang zhao zheng zhong zhou zhu
    """
)


def list_surnames(name: str) -> tuple[str, ...]:
    """What may stand for the full `name` alone, the usual form first; () for a name of one word and for who has no surname.

    "Ursula von der Leyen" is "Leyen" and "von der Leyen", "Xi Jinping" is "Xi". Monarchs ("Abdullah II", "Salman of Saudi
    Arabia") have none: their bare first name is everybody's.
    """
    words = [word.rstrip(",") for word in name.split()]
    while len(words) > 1 and words[-1].strip(".").casefold() in _GENERATION:
        words.pop()
    if len(words) < 2 or _REGNAL.fullmatch(words[-1]) or "of" in words:
        return ()
    last = words[-1]
    if words[0].casefold() in _FAMILY_FIRST and len(words) <= _LONGEST_FAMILY_FIRST:
        return (words[0],)
    found = [last]
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    if start < len(words) - 1:
        found.append(" ".join(words[start:]))
    first, hyphen, rest = last.partition("-")
    if hyphen and first.casefold() in _PARTICLES:
        found.append(rest)
    return tuple(found)
