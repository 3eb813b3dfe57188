"""How many independent sources stand behind something that several articles tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


def count_independent(articles: Iterable[tuple[str, str]]) -> int:
    """The most articles of which no two have their publisher or their text in common, given (publisher, text) of each.

    Three publishers that carry one wire text count once, and so does one publisher that writes twice. An outlet that carries
    two agencies does not make one source of these: each of them stays with another of its customers.
    """
    texts: defaultdict[str, set[str]] = defaultdict(set)
    for publisher, text in articles:
        texts[publisher].add(text)
    carrier: dict[str, str] = {}
    carried: dict[str, str] = {}
    for publisher in texts:
        # A publisher whose texts others stand for gets one all the same where one of these can stand for another of its own.
        reached: dict[str, str] = {}
        free: str | None = None
        waiting = [publisher]
        for each in waiting:
            for text in texts[each] - reached.keys():
                reached[text] = each
                if text in carrier:
                    waiting.append(carrier[text])
                else:
                    free = text
            if free is not None:
                break
        while free is not None:
            taken, each = free, reached[free]
            free = carried.get(each)
            carrier[taken], carried[each] = each, taken
    return len(carrier)
