"""How an office is written: "Foreign Minister of Japan", "Former President of Bolivia", "Ambassador of Mexico to Ecuador"."""

from __future__ import annotations

from kb.nlp.fact_patterns import FactPatterns


def office_text(title: str, *, former: bool, of: str | None, sent_to: str | None) -> str:
    """The object of an office from its title, in the words of the text, and the names it is of and is sent to."""
    words = [
        word if word.lower() in {"of", "for", "the", "and"} or word[0].isupper() else word[0].upper() + word[1:]
        for word in title.split()
    ]
    text = " ".join(["Former", *words] if former else words)
    return text + (f" of {of}" if of else "") + (f" to {sent_to}" if sent_to else "")


def with_article(name: str, patterns: FactPatterns) -> str:
    """The name of a country or body as it stands behind "of": "the Philippines", "the African Union", "Japan"."""
    words = frozenset(name.split())
    needs = name in patterns.article_names or (len(words) > 1 and words & patterns.article_words)
    return f"the {name}" if needs and not name.lower().startswith("the ") else name
