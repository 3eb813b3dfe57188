"""Repair of runs of spaces: one space, or the dash that a converter dropped between two."""

from __future__ import annotations

import re
from typing import Final

from kb.sources.trace import Edit, TracedText

_RUN: Final = re.compile(r" {2,}")
_DASH_NEIGHBOUR: Final = re.compile(r"[\w,)%]")
# A converter that drops dashes drops quotes and apostrophes too; one of these shows that it did not.
_KEPT: Final = re.compile(r"['\"]| - |--")
# "NEW YORK  The president said": whatever else a document kept, a dateline's gap was a dash.
_DATELINE: Final = re.compile(
    r"^[A-Z][A-Z.'’/-]+(?: [A-Z][A-Z.'’/-]*){0,3}(?:, [A-Z][\w.]+(?: \w+)?)?(  )(?=[A-Z“\"])", re.MULTILINE
)
# Gaps closer together than this are a typist's or a column's, not dashes.
_LEAST_DISTANCE: Final = 60


def repair_spaces(text: TracedText) -> TracedText:
    """The text with single spaces; a gap in mid-sentence becomes a dash where the document lost all of its own."""
    runs = list(_RUN.finditer(text.text))
    if not runs:
        return text
    plain = text.text
    stripped = plain.isascii() and _KEPT.search(plain) is None and len(runs) * _LEAST_DISTANCE <= len(plain)
    datelines = {found.start(1) for found in _DATELINE.finditer(plain)}
    edits: list[Edit] = []
    for found in runs:
        start, end = found.span()
        before, after = plain[start - 1 : start], plain[end : end + 1]
        inside = _DASH_NEIGHBOUR.match(before) is not None and _DASH_NEIGHBOUR.match(after) is not None
        if end - start == 2 and (start in datelines or (stripped and inside)):
            edits.append(Edit(start + 1, start + 1, "—"))
        else:
            edits.append(Edit(start + 1, end))
    return text.edited(edits)
