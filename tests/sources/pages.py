"""Documents that the tests of this folder write out in every form."""

from __future__ import annotations

PARAGRAPHS = (
    "The president of Ruritania said on Monday that his government would recognise the two breakaway regions.",
    "Neighbouring countries condemned the step at once, and two of them announced that they would impose sanctions.",
    "A spokeswoman for the alliance said that it stood by the borders which all of its members had recognised.",
)
TITLE = "Ruritania recognises two regions"
TEXT = "\n\n".join(PARAGRAPHS)
FRENCH = (
    "Le président a déclaré lundi que son gouvernement reconnaîtrait les deux régions séparatistes dès la semaine prochaine. "
    "Les pays voisins ont aussitôt condamné cette décision, et deux d'entre eux ont annoncé qu'ils imposeraient des sanctions."
)


def html_page(charset: str | None = "utf-8", extra: str = "") -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return (
        f"<!DOCTYPE html><html><head>{meta}<title>{TITLE} | Daily Echo</title>"
        '<meta property="og:site_name" content="Daily Echo">'
        '<meta property="article:published_time" content="2022-02-21T18:30:00Z"></head>'
        '<body><nav><a href="/">Home</a><a href="/world">World</a></nav>'
        f"<article><h1>{TITLE}</h1>{body}<p>{extra}</p></article><footer>All rights reserved</footer></body></html>"
    )


LINK_PAGE = "<!DOCTYPE html><html><body><ul>" + '<li><a href="/x">World news</a></li>' * 40 + "</ul></body></html>"
