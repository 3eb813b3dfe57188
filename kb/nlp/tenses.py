"""Whether an office is held or was, and the words beside it that can say when."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from spacy.tokens import Token

# "He was president" does not say that he still is; "he became president" does.
_PAST: Final = ("be", "remain")
_FINITE: Final = frozenset({"VBD", "VBZ", "VBP", "MD"})
_REACH: Final = 18


class Tense(StrEnum):
    """Whether an office is said to be held, to be held no longer, or to have been held with no word on whether it still is."""

    PRESENT = "present"
    OVER = "over"
    PAST = "past"


def find_tense(head: Token) -> Tense:
    """The tense of the verb that ties an office to its bearer; beside a name without one it is held."""
    if head.dep_ != "attr":
        return Tense.PRESENT
    verb = head.head
    had = any(child.dep_ == "aux" and child.lower_ == "had" for child in verb.children)
    return Tense.PAST if had or (verb.tag_ == "VBD" and verb.lemma_.lower() in _PAST) else Tense.PRESENT


def find_words_on_time(head: Token) -> str:
    """The words behind the head of an office that can say from when to when it is held.

    A title before a name has none. They go to the next comma or verb; a comma in a date ends nothing.
    """
    doc = head.doc
    if head.dep_ not in {"appos", "attr"} and not (head.left_edge.i and doc[head.left_edge.i - 1].text == ","):
        return ""
    last = head.i + 1
    while last < min(head.i + _REACH, head.sent.end):
        token = doc[last]
        in_date = token.text == "," and last + 1 < len(doc) and doc[last + 1].like_num and doc[last - 1].like_num
        if token.tag_ in _FINITE or (token.is_punct and token.text != "-" and not in_date):
            break
        last += 1
    return " ".join(token.text for token in doc[head.i + 1 : last])
