"""Lists of other articles that a site's script has put into the middle of a sentence, behind the name of somebody in it."""

from __future__ import annotations

import re
from typing import Final

from kb.sources.trace import Edit, TracedText

# "said Jane Doe Jane Mary DoeEnvoys leave the capital Rice prices climb MORE, who": a profile's full name, glued to headlines.
_INSET: Final = re.compile(
    r"\b(?P<last>[A-Z][\w’'-]{2,20})(?P<inset> (?:[A-Z][\w.’'-]{0,20} ){1,4}(?P=last)(?=[A-Z0-9])[^\n]{10,600}? MORE\b)"
)


def remove_insets(text: TracedText) -> TracedText:
    """The text without them."""
    found = _INSET.finditer(text.text)
    return text.edited([Edit(match.start("inset"), match.end("inset")) for match in found])
