"""Finds names in a parsed article: reference names first, then what the tagger sees, then what names already found explain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from spacy.tokens import Doc, Span, Token

from kb.domain.entity import EntityKind
from kb.domain.gazetteer import Candidate, Gazetteer, NameUse
from kb.domain.mention import NameMention, Usage
from kb.nlp.kinds import Kinds
from kb.nlp.lexicon import Roles, Words, load_lexicon
from kb.nlp.pipeline import Paragraph, ParsedArticle
from kb.nlp.tagged import find_dateline_end, find_dateline_places, find_tagged, find_title_tokens, find_untagged, is_rank
from kb.nlp.usage import find_usage

# Headlines in title case capitalise at least so many of their longer words; running text far fewer.
_HEADLINE_SHARE: Final = 0.7
_LONGEST_NAME_TOKENS: Final = 9
_WORD_CLASSES: Final = {"PROPN", "NOUN", "ADJ", "X"}


def find_names(parsed: ParsedArticle, gazetteer: Gazetteer, roles: Roles, words: Words | None = None) -> tuple[NameMention, ...]:
    """Every name in the article, in the order of the text, none overlapping another.

    `words` tell what names are names of; the installed ones where there are none.
    """
    words = words or load_lexicon().names
    found: list[NameMention] = []
    for number, paragraph in enumerate(parsed.paragraphs):
        taken: dict[int, tuple[int, int]] = {}
        dateline = find_dateline_end(paragraph.doc)
        spans: list[tuple[Span, EntityKind | None, tuple[Candidate, ...], str | None]] = []
        for span, kind, candidates, country in _spans(paragraph, gazetteer, roles, words):
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
                    usage=Usage.PLACE if span.end <= dateline else find_usage(span),
                    country=country,
                    styled=_styled(span, words),
                )
            )
    return _with_surnames(parsed, Kinds(parsed, words).settle(found))


def _spans(
    paragraph: Paragraph, gazetteer: Gazetteer, roles: Roles, words: Words
) -> Iterator[tuple[Span, EntityKind | None, tuple[Candidate, ...], str | None]]:
    """Candidate spans of one paragraph, the ones to be preferred first."""
    doc = paragraph.doc
    known = [each for each in _reference_spans(paragraph, gazetteer, roles) if each[0].text.lower() not in words["media"]]
    known = list(_without_parts(doc, known, words))
    covered = {i for span, _ in known for i in range(span.start, span.end)}
    headline = _is_headline(doc)
    in_title = frozenset() if headline else frozenset(find_title_tokens(paragraph, roles))
    tagged = [] if headline else list(find_tagged(doc, roles, words, in_title, covered))
    demonyms = [span for span, candidates in known if all(c.use is NameUse.DEMONYM for c in candidates)]
    yield from _part_spans(doc, known, roles)
    yield from _body_spans(doc, known, roles)
    for span, kind in tagged:
        inside = [other for other, _ in known if span.start <= other.start and other.end <= span.end]
        if inside and kind in (EntityKind.PERSON, EntityKind.ORGANISATION) and _is_longer_name(span, inside):
            behind = doc[inside[0].end : span.end]
            if kind is EntityKind.PERSON and len(behind) > 1 and inside[0].start == span.start and inside[0] in demonyms:
                # "the Tunisian Hedi Annabi"
                span = behind
            yield span, kind, (), None
    labels = {i: kind for span, kind in tagged for i in range(span.start, span.end)}
    for span, candidates in known:
        yield span, labels.get(span.start), candidates, None
    for span, kind in tagged:
        yield span, kind, (), None
    for span in find_dateline_places(doc, find_dateline_end(doc)):
        yield span, EntityKind.REGION, (), None
    yield from _titled_spans(doc, roles, words)
    if not headline:
        for span in find_untagged(doc, roles, words, in_title):
            yield span, None, (), None


def _reference_spans(paragraph: Paragraph, gazetteer: Gazetteer, roles: Roles) -> Iterator[tuple[Span, tuple[Candidate, ...]]]:
    """Longest matches of reference names from left to right."""
    doc = paragraph.doc
    index = 0
    while index < len(doc):
        match = _longest_match(doc, paragraph.text, index, gazetteer, roles)
        if match is None:
            index += 1
        else:
            yield match
            index = match[0].end


def _without_parts(
    doc: Doc, known: list[tuple[Span, tuple[Candidate, ...]]], words: Words
) -> Iterator[tuple[Span, tuple[Candidate, ...]]]:
    """`known` without those that are part of another name ("Helms-Burton", "Indo-Pacific", "the Budapest Memorandum")."""
    covered = {i for span, _ in known for i in range(span.start, span.end)}
    for span, candidates in known:
        halves = []
        if span.start > 1 and doc[span.start - 1].text == "-" and not doc[span.start - 1].whitespace_:
            halves.append(doc[span.start - 2])
        if span.end + 1 < len(doc) and doc[span.end].text == "-" and not doc[span.end - 1].whitespace_:
            halves.append(doc[span.end + 1])
        is_part = any(half.text[0].isupper() and half.text.isalpha() and half.i not in covered for half in halves)
        is_tongue = any(half.lower_ == "speaking" for half in halves)
        end = _chain_end(doc, span.end)
        following = doc[end] if end < len(doc) else None
        if is_tongue or (following is not None and following.text[0].isupper() and following.lower_ in words["no_entity_heads"]):
            is_part = True
        if not is_part:
            yield span, candidates


def _chain_end(doc: Doc, end: int) -> int:
    """Where the names end that hyphens tie to the one before `end` ("Helms-Burton")."""
    while end + 1 < len(doc) and doc[end].text == "-" and not doc[end - 1].whitespace_ and not doc[end].whitespace_:
        end += 2
    return end


def _longest_match(
    doc: Doc, text: str, index: int, gazetteer: Gazetteer, roles: Roles
) -> tuple[Span, tuple[Candidate, ...]] | None:
    first = doc[index]
    if not (first.text[0].isupper() or first.text[0].isdigit() or gazetteer.begins(first.text)):
        return None
    best: tuple[Span, tuple[Candidate, ...]] | None = None
    for end in range(index + 1, min(index + _LONGEST_NAME_TOKENS, len(doc)) + 1):
        surface = text[first.idx : doc[end - 1].idx + len(doc[end - 1])]
        candidates = gazetteer.candidates(surface)
        if end == index + 1:
            candidates = tuple(c for c in candidates if _fits_single(first, c, roles))
        if candidates and doc[end - 1].text[-1] not in "-–—":
            best = doc[index:end], candidates
        if not gazetteer.begins(surface):
            break
    if best is not None and first.lower_ == "the" and _goes_on(doc, text, best[0], gazetteer, roles):
        return None
    return best


def _goes_on(doc: Doc, text: str, span: Span, gazetteer: Gazetteer, roles: Roles) -> bool:
    """Whether a match that begins with the article only begins another name ("the West Bank", "The West African")."""
    following = doc[span.end] if span.end < len(doc) else None
    if following is not None and following.text[0].isupper() and following.pos_ in {"PROPN", "ADJ"}:
        return True
    other = _longest_match(doc, text, span.start + 1, gazetteer, roles)
    return other is not None and other[0].end > span.end


def _fits_single(token: Token, candidate: Candidate, roles: Roles) -> bool:
    """Whether one token can bear the name: acronyms in capitals, names where the tagger doesn't see a verb or function word."""
    if candidate.use is NameUse.ACRONYM:
        written = token.text == token.text.upper() or "." in token.text or token.pos_ == "PROPN"
        return written and (not token.is_stop or token.lower_ == "us" or _stands_out(token))
    if candidate.use is NameUse.SURNAME:
        if _is_behind_given_name(token, roles):
            return False
        return token.pos_ == "PROPN" and token.ent_type_ != "DATE" and token.lower_ not in roles.never_names
    return token.pos_ in _WORD_CLASSES and token.text[0].isupper()


def _stands_out(token: Token) -> bool:
    """Whether capitals mean something here: "IS" and "WHO" are words where the words beside them are in capitals too."""
    doc = token.doc
    beside = [doc[i] for i in (token.i - 1, token.i + 1) if 0 <= i < len(doc)]
    return any(word.is_alpha and not word.is_upper for word in beside)


def _is_behind_given_name(token: Token, roles: Roles) -> bool:
    """ "Abdelrahim Mohamed Hussein": whether another name stands right before or behind, so that this is no bare surname."""
    doc = token.doc
    for neighbour in (doc[token.i - 1] if token.i else None, doc[token.i + 1] if token.i + 1 < len(doc) else None):
        if (
            neighbour is not None
            and neighbour.pos_ == "PROPN"
            and neighbour.ent_type_ == "PERSON"
            and token.ent_type_ == "PERSON"
            and neighbour.text[0].isupper()
            and neighbour.lower_ not in roles.titles
            and neighbour.lower_ not in roles.honorifics
        ):
            return True
    return False


def _styled(span: Span, words: Words) -> str | None:
    """A name with the form of address before it ("King Gyanendra"), None where there is none."""
    if span.start and span.doc[span.start - 1].lower_ in words["styles"] and span.doc[span.start - 1].text[0].isupper():
        return str(span.doc[span.start - 1 : span.end].text)
    return None


def _is_headline(doc: Doc) -> bool:
    """Whether most words are capitalised, so that capitals tell nothing: only reference names are looked for then."""
    words = [word for word in (token.text for token in doc) if len(word) > 3 and word.isalpha()]
    if any(token.pos_ == "VERB" and len(token) > 2 and token.is_lower for token in doc):
        # A sentence full of names: a headline's own verbs are capitalised like the rest.
        return False
    return len(words) > 3 and sum(word[0].isupper() for word in words) >= _HEADLINE_SHARE * len(words)


def _part_spans(
    doc: Doc, known: list[tuple[Span, tuple[Candidate, ...]]], roles: Roles
) -> Iterator[tuple[Span, EntityKind | None, tuple[Candidate, ...], str | None]]:
    """ "eastern Ukraine": a part of a country is a region of its own."""
    for span, candidates in known:
        if span.start and doc[span.start - 1].lower_ in roles.regions_of and any(c.use is NameUse.NAME for c in candidates):
            yield doc[span.start - 1 : span.end], EntityKind.REGION, (), span.text


def _is_longer_name(span: Span, inside: list[Span]) -> bool:
    """Whether a tagged span is a name of its own ("Washington Post") and not a list or a name with something before it."""
    covered = sum(other.end - other.start for other in inside)
    if inside[0].start == span.start and span.start and span.doc[span.start - 1].lower_ == "in":
        return False  # "In Jammu Shaheena Bano swept the floor."
    return covered < span.end - span.start and not any(t.text in {"and", "&", ",", "'s", "’s"} for t in span)


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


def _titled_spans(
    doc: Doc, roles: Roles, words: Words
) -> Iterator[tuple[Span, EntityKind | None, tuple[Candidate, ...], str | None]]:
    """ "President Kais Saied": proper nouns right after a title are a person even where the tagger saw none."""
    for token in doc:
        if is_rank(token, roles, words) and token.i + 1 < len(doc):
            end = token.i + 1
            while (
                end < len(doc) and doc[end].pos_ == "PROPN" and doc[end].text[0].isupper() and not is_rank(doc[end], roles, words)
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
            result.append(replace(name, kind=EntityKind.PERSON))
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
