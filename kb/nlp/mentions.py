"""Finds names in a parsed article: reference names first, then what the tagger sees, then what names already found explain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from spacy.tokens import Doc, Span, Token

from kb.domain.entity import EntityKind
from kb.domain.gazetteer import Candidate, Gazetteer, NameUse
from kb.domain.mention import NameMention
from kb.nlp.lexicon import Roles
from kb.nlp.pipeline import ParsedArticle
from kb.nlp.usage import find_usage

_KINDS: Final = {
    "PERSON": EntityKind.PERSON,
    "ORG": EntityKind.ORGANISATION,
    "GPE": EntityKind.REGION,
    "LOC": EntityKind.REGION,
    "FAC": EntityKind.REGION,
}
# Headlines in title case capitalise at least so many of their longer words; running text far fewer.
_HEADLINE_SHARE: Final = 0.7
_LONGEST_NAME_TOKENS: Final = 9
_WORD_CLASSES: Final = {"PROPN", "NOUN", "ADJ", "X"}


def find_names(parsed: ParsedArticle, gazetteer: Gazetteer, roles: Roles) -> tuple[NameMention, ...]:
    """Every name in the article, in the order of the text, none overlapping another."""
    found: list[NameMention] = []
    for number, paragraph in enumerate(parsed.paragraphs):
        taken: dict[int, tuple[int, int]] = {}
        spans: list[tuple[Span, EntityKind | None, tuple[Candidate, ...], str | None]] = []
        for span, kind, candidates, country in _spans(paragraph.doc, gazetteer, roles):
            if any(i in taken for i in range(span.start, span.end)):
                continue
            taken.update(dict.fromkeys(range(span.start, span.end), (span.start, span.end)))
            spans.append((span, kind, candidates, country))
        for span, kind, candidates, country in sorted(spans, key=lambda entry: entry[0].start):
            start = paragraph.start + span.start_char
            found.append(
                NameMention(
                    paragraph=number,
                    first=span.start,
                    last=span.end,
                    start=start,
                    end=start + len(span.text),
                    text=span.text,
                    kind=kind,
                    candidates=candidates,
                    usage=find_usage(span),
                    country=country,
                )
            )
    return _with_surnames(parsed, found)


def _spans(
    doc: Doc, gazetteer: Gazetteer, roles: Roles
) -> Iterator[tuple[Span, EntityKind | None, tuple[Candidate, ...], str | None]]:
    """Candidate spans of one paragraph, the ones to be preferred first."""
    known = list(_reference_spans(doc, gazetteer, roles))
    tagged = [] if _is_headline(doc) else list(_tagged_spans(doc, roles))
    yield from _part_spans(doc, known, roles)
    yield from _body_spans(doc, known, roles)
    for span, kind in tagged:
        inside = [other for other, _ in known if span.start <= other.start and other.end <= span.end]
        if inside and kind in (EntityKind.PERSON, EntityKind.ORGANISATION) and _is_longer_name(span, inside):
            yield span, kind, (), None
    labels = {i: kind for span, kind in tagged for i in range(span.start, span.end)}
    for span, candidates in known:
        yield span, labels.get(span.start), candidates, None
    for span, kind in tagged:
        yield span, kind, (), None
    yield from _titled_spans(doc, roles)


def _reference_spans(doc: Doc, gazetteer: Gazetteer, roles: Roles) -> Iterator[tuple[Span, tuple[Candidate, ...]]]:
    """Longest matches of reference names from left to right."""
    index = 0
    while index < len(doc):
        match = _longest_match(doc, index, gazetteer, roles)
        if match is None:
            index += 1
        else:
            yield match
            index = match[0].end


def _longest_match(doc: Doc, index: int, gazetteer: Gazetteer, roles: Roles) -> tuple[Span, tuple[Candidate, ...]] | None:
    first = doc[index]
    if not (first.text[0].isupper() or first.text[0].isdigit() or gazetteer.begins(first.text)):
        return None
    best: tuple[Span, tuple[Candidate, ...]] | None = None
    for end in range(index + 1, min(index + _LONGEST_NAME_TOKENS, len(doc)) + 1):
        surface = doc.text[first.idx : doc[end - 1].idx + len(doc[end - 1])]
        candidates = gazetteer.candidates(surface)
        if end == index + 1:
            candidates = tuple(c for c in candidates if _fits_single(first, c, roles))
        if candidates:
            best = doc[index:end], candidates
        if not gazetteer.begins(surface):
            break
    return best


def _fits_single(token: Token, candidate: Candidate, roles: Roles) -> bool:
    """Whether one token can bear the name: acronyms in capitals, names where the tagger doesn't see a verb or function word."""
    if candidate.use is NameUse.ACRONYM:
        return token.text == token.text.upper() or "." in token.text or token.pos_ == "PROPN"
    if candidate.use is NameUse.SURNAME:
        return token.pos_ == "PROPN" and token.ent_type_ != "DATE" and token.lower_ not in roles.never_names
    return token.pos_ in _WORD_CLASSES and token.text[0].isupper()


def _tagged_spans(doc: Doc, roles: Roles) -> Iterator[tuple[Span, EntityKind]]:
    """The tagger's names, trimmed, without days, parts of titles ("Secretary of State") and states' troops and governments."""
    in_title = set(find_title_tokens(doc, roles))
    for ent in doc.ents:
        kind = _KINDS.get(ent.label_)
        span = _trim(ent, roles) if kind is not None else None
        if kind is None or span is None or all(t.i in in_title for t in span):
            continue
        if span[-1].lemma_.lower() in roles.stand_for_state or span.text.lower() in roles.never_names:
            continue
        if kind is EntityKind.REGION and span.start and doc[span.start - 1].lower_ in roles.titles:
            kind = EntityKind.PERSON
        if kind is EntityKind.PERSON:
            end = span.end
            while (
                end < len(doc)
                and doc[end].pos_ == "PROPN"
                and doc[end].text[0].isupper()
                and doc[end].ent_type_ in {"", "PERSON"}
            ):
                end += 1
            span = doc[span.start : end]
        yield span, kind


def find_title_tokens(doc: Doc, roles: Roles) -> Iterator[int]:
    """Positions of tokens that are part of a title of several words."""
    for token in doc:
        for length in (4, 3, 2):
            phrase = doc[token.i : token.i + length]
            if len(phrase) == length and phrase.text.lower() in roles.titles:
                yield from range(token.i, token.i + length)


def _is_headline(doc: Doc) -> bool:
    """Whether most words are capitalised, so that capitals tell nothing: only reference names are looked for then."""
    words = [t for t in doc if t.is_alpha and len(t) > 3]
    return len(words) > 3 and sum(t.text[0].isupper() for t in words) >= _HEADLINE_SHARE * len(words)


def _part_spans(
    doc: Doc, known: list[tuple[Span, tuple[Candidate, ...]]], roles: Roles
) -> Iterator[tuple[Span, EntityKind | None, tuple[Candidate, ...], str | None]]:
    """ "eastern Ukraine": a part of a country is a region of its own."""
    for span, candidates in known:
        if span.start and doc[span.start - 1].lower_ in roles.regions_of and any(c.use is NameUse.NAME for c in candidates):
            yield doc[span.start - 1 : span.end], EntityKind.REGION, (), span.text


def _trim(span: Span, roles: Roles) -> Span | None:
    """`span` without articles, titles, honorifics and possessives at its ends; None where no name is left."""
    start, end = span.start, span.end
    doc = span.doc
    while start < end and (
        doc[start].lower_ in {"the", "a", "an", "'s", "’s", "-", "“", '"', "former", "late"} or not doc[start].text[0].isalnum()
    ):
        start += 1
    if span.label_ == "PERSON":
        while start < end - 1 and (
            doc[start].lower_ in roles.honorifics
            or doc[start].lower_ in roles.titles
            or doc[start].lower_ in {"foreign", "prime", "vice"}
        ):
            start += 1
    while end > start and (
        doc[end - 1].lower_ in {"'s", "’s", "'", "’"} or (not doc[end - 1].text[-1].isalnum() and doc[end - 1].text[-1] != ".")
    ):
        end -= 1
    for token in doc[start:end]:
        if token.i > start and (token.text[0] in '(@/&[“"‘' or token.lower_ in roles.never_names):
            end = token.i
            break
    if start >= end or not doc[start].text[0].isupper() or not any(t.pos_ == "PROPN" or t.text.isupper() for t in doc[start:end]):
        return None
    if span.label_ == "PERSON" and any(t.pos_ in {"VERB", "AUX", "ADP", "PUNCT"} and t.text[0].islower() for t in doc[start:end]):
        return None
    return doc[start:end]


def _is_longer_name(span: Span, inside: list[Span]) -> bool:
    """Whether a tagged span is a name of its own ("Washington Post") and not a list or a name with something before it."""
    covered = sum(other.end - other.start for other in inside)
    return covered < span.end - span.start and not any(t.text in {"and", ",", "'s", "’s"} for t in span)


def _body_spans(
    doc: Doc, known: list[tuple[Span, tuple[Candidate, ...]]], roles: Roles
) -> Iterator[tuple[Span, EntityKind | None, tuple[Candidate, ...], str | None]]:
    """ "Russian Foreign Ministry", "Ukraine's parliament": a body named by its country and kind."""
    for span, candidates in known:
        if not any(c.use in (NameUse.DEMONYM, NameUse.NAME, NameUse.ACRONYM) for c in candidates):
            continue
        start = span.end + 1 if span.end < len(doc) and doc[span.end].text in {"'s", "’s"} else span.end
        for length in (3, 2, 1):
            words = doc[start : start + length]
            if len(words) == length and words.text.lower() in roles.bodies:
                yield doc[span.start : words.end], EntityKind.ORGANISATION, (), span.text
                break


def _titled_spans(doc: Doc, roles: Roles) -> Iterator[tuple[Span, EntityKind | None, tuple[Candidate, ...], str | None]]:
    """ "President Kais Saied": proper nouns right after a title are a person even where the tagger saw none."""
    for token in doc:
        if (token.lower_ in roles.titles or token.lower_ in roles.honorifics) and token.i + 1 < len(doc):
            end = token.i + 1
            while (
                end < len(doc) and doc[end].pos_ == "PROPN" and doc[end].text[0].isupper() and doc[end].lower_ not in roles.titles
            ):
                end += 1
            if end > token.i + 1:
                yield doc[token.i + 1 : end], EntityKind.PERSON, (), None


def _with_surnames(parsed: ParsedArticle, names: list[NameMention]) -> tuple[NameMention, ...]:
    """`names` with bare surnames of people named in full anywhere in the article, which the tagger often misses or mislabels."""
    people = {name.text.split()[-1] for name in names if " " in name.text and name.kind is EntityKind.PERSON}
    people |= {
        name.text
        for name in names
        if any(c.use is NameUse.SURNAME for c in name.candidates) and name.kind is not EntityKind.REGION
    }
    names = [name for name in names if name.candidates or not _is_pair(name.text, people)]
    result = []
    taken: set[tuple[int, int]] = set()
    for name in names:
        taken.update((name.paragraph, i) for i in range(name.first, name.last))
        if name.text in people and not any(c.use in (NameUse.NAME, NameUse.METONYM) for c in name.candidates):
            result.append(_as_person(name))
        else:
            result.append(name)
    for number, paragraph in enumerate(parsed.paragraphs):
        for token in paragraph.doc:
            if token.text in people and (number, token.i) not in taken and token.ent_type_ != "DATE":
                span = paragraph.doc[token.i : token.i + 1]
                start = paragraph.start + token.idx
                result.append(
                    NameMention(
                        number,
                        token.i,
                        token.i + 1,
                        start,
                        start + len(token),
                        token.text,
                        EntityKind.PERSON,
                        (),
                        find_usage(span),
                    )
                )
    return tuple(sorted(result, key=lambda name: name.start))


def _is_pair(text: str, people: set[str]) -> bool:
    """ "Biden-Putin" is two people, no name."""
    parts = [part.strip() for part in text.replace("–", "-").split("-")]
    return len(parts) > 1 and all(part in people for part in parts)


def _as_person(name: NameMention) -> NameMention:
    return NameMention(
        name.paragraph,
        name.first,
        name.last,
        name.start,
        name.end,
        name.text,
        EntityKind.PERSON,
        name.candidates,
        name.usage,
        name.country,
    )
