"""The names that the tagger sees, put right: trimmed of titles and datelines, split where it ran two together, completed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set
from typing import Final

from spacy.tokens import Doc, Span, Token

from kb.domain.entity import EntityKind
from kb.nlp.lexicon import Roles, Words
from kb.nlp.pipeline import Paragraph

_KINDS: Final = {
    "PERSON": EntityKind.PERSON,
    "ORG": EntityKind.ORGANISATION,
    "GPE": EntityKind.REGION,
    "LOC": EntityKind.REGION,
    "FAC": EntityKind.REGION,
    "NORP": EntityKind.ORGANISATION,
}
_HYPHENS: Final = frozenset({"-", "‐", "‑"})
_BEFORE_TITLES: Final = frozenset(
    {"foreign", "prime", "vice", "deputy", "defence", "defense", "interior", "finance", "justice", "acting"}
    | {"agriculture", "education", "energy", "environment", "health", "trade", "transport"}
)
_OF_ANY_STATE: Final = frozenset({"government", "administration", "regime", "cabinet"})
_DASHES: Final = frozenset({"-", "–", "—", "--"})
# A dateline ("LIMA, Peru, May 3 - ") takes no more tokens than these.
_LONGEST_DATELINE: Final = 14
_DESCRIBING: Final = frozenset({"NOUN", "ADJ", "VERB", "CCONJ"})
_NOUN_TAGS: Final = frozenset({"NNS", "NNPS", "NNP", "NN"})
_NOUN_DEPS: Final = frozenset({"nsubj", "nsubjpass", "dobj", "pobj", "conj", "poss", "appos", "ROOT", "attr"})


def find_dateline_end(doc: Doc) -> int:
    """How many tokens of a paragraph are its dateline, the dash included; 0 where it has none."""
    if not len(doc) or not _is_capitals(doc[0]):
        return 0
    for token in doc[1:_LONGEST_DATELINE]:
        if token.text in _DASHES and token.whitespace_ and doc[token.i - 1].whitespace_:
            return token.i + 1
        if token.text in {".", "?", "!", '"', "“", ":"} or token.pos_ in {"VERB", "AUX"}:
            return 0
    return 0


def find_dateline_places(doc: Doc, end: int) -> Iterator[Span]:
    """The places in capitals before the dash of a dateline that ends at `end`."""
    start = 0
    for token in doc[:end]:
        if token.text in {",", "/", "("} or (token.text in _DASHES and token.whitespace_):
            if start < token.i and all(_is_capitals(t) or t.text in _HYPHENS or t.text == "." for t in doc[start : token.i]):
                yield doc[start : token.i]
            start = token.i + 1


def find_tagged(
    doc: Doc, roles: Roles, words: Words, in_title: Set[int], known: Collection[int]
) -> Iterator[tuple[Span, EntityKind]]:
    """The tagger's names, without days, parts of titles ("Secretary of State") and states' troops and governments.

    `in_title` are the positions of tokens that are part of a title of several words, `known` of those that reference names cover.
    """
    covered = {*in_title, *known}
    begin = find_dateline_end(doc)
    for ent in doc.ents:
        if ent.label_ not in _KINDS or ent.end <= begin:
            continue
        for piece, kind in _split(doc[max(ent.start, begin) : ent.end], _KINDS[ent.label_], roles, words):
            span = _trim(piece, kind, roles, words)
            if span is None or all(t.i in in_title for t in span):
                continue
            if _stands_for_state(span, roles, known) or is_no_entity(span, roles, words):
                continue
            if ent.label_ == "NORP" and (span.root.tag_ not in _NOUN_TAGS or span.root.dep_ not in _NOUN_DEPS):
                continue
            if kind is EntityKind.REGION and span.start and doc[span.start - 1].lower_ in roles.titles:
                kind = EntityKind.PERSON
            yield _complete(span, kind, roles, words, covered), kind


def find_untagged(doc: Doc, roles: Roles, words: Words, in_title: Set[int]) -> Iterator[Span]:
    """Runs of capitalised proper nouns within sentences, of which the tagger sees no name."""
    if not any(token.pos_ == "PROPN" and not token.ent_type_ for token in doc):
        return
    start = find_dateline_end(doc)
    while start < len(doc):
        end = start
        while end < len(doc) and not doc[end].ent_type_ and end not in in_title and _continues(doc[end], roles, words):
            end += 1
        if end > start and (end - start > 1 or not doc[start].is_sent_start) and len(doc[start:end].text) > 2:
            span = doc[start:end]
            after = doc[end] if end < len(doc) else None
            is_part = after is not None and (after.lower_ == "of" or (after.text in _HYPHENS and not span[-1].whitespace_))
            if not is_part and not is_no_entity(span, roles, words):
                yield span
        start = max(end, start + 1)


def find_title_tokens(paragraph: Paragraph, roles: Roles) -> Iterator[int]:
    """Positions of tokens that are part of a title of several words."""
    doc, text = paragraph.doc, paragraph.text
    # Plain numbers: asking spaCy for each token six times took a tenth of all time spent on names.
    starts = [token.idx for token in doc]
    ends = [token.idx + len(token) for token in doc]
    for first, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if text[start:end].lower() not in roles.title_beginnings:
            continue
        for length in (4, 3, 2):
            if first + length <= len(ends) and text[start : ends[first + length - 1]].lower() in roles.titles:
                yield from range(first, first + length)


def _stands_for_state(span: Span, roles: Roles, known: Collection[int]) -> bool:
    """Whether a name ends in what acts for a state ("U.S. Army"); in a name of its own ("Palestine Liberation Army", "Agriculture
    and Food Authority") something other than a country stands before that."""
    last = span[-1]
    own = last.text[0].isupper() and len(span) > 2 and last.i - 1 not in known and last.lemma_.lower() not in _OF_ANY_STATE
    return last.lemma_.lower() in roles.stand_for_state and not own


def is_no_entity(span: Span, roles: Roles, words: Words) -> bool:
    """Whether the words of a name say that it names no person, place or body: a treaty, a feast, a day."""
    text = span.text.lower()
    last = span[-1].lower_
    return (
        text in roles.never_names
        or text in words["no_entities"]
        or text in words["media"]
        or (len(span) > 1 and last in words["no_entity_heads"])
    )


def is_rank(token: Token, roles: Roles, words: Words) -> bool:
    """Whether a word goes before a person's name: a title, rank or form of address."""
    return token.lower_ in roles.honorifics or token.lower_ in words["ranks"] or token.lower_ in roles.titles


def _split(span: Span, kind: EntityKind, roles: Roles, words: Words) -> Iterator[tuple[Span, EntityKind]]:
    """ "Good Party Chair Meral Aksener": a body, and the person behind the title; else the span as it is."""
    doc = span.doc
    last = span[-1].lower_
    if last in words["organisation_heads"] or last in words["place_heads"] or last in words["company_suffixes"]:
        yield span, kind
        return
    for token in reversed(span[:-1]):
        following = doc[token.i + 1]
        if is_rank(token, roles, words) and _continues(following, roles, words):
            yield doc[token.i + 1 : span.end], EntityKind.PERSON
            first = token.i
            while first > span.start and (is_rank(doc[first - 1], roles, words) or doc[first - 1].lower_ in _BEFORE_TITLES):
                first -= 1
            if first - span.start > 1 and kind is EntityKind.ORGANISATION:
                yield doc[span.start : first], kind
            return
    yield span, kind


def _trim(span: Span, kind: EntityKind, roles: Roles, words: Words) -> Span | None:
    """`span` without articles, titles, honorifics and possessives at its ends; None where no name is left."""
    start, end = span.start, span.end
    doc = span.doc
    while start < end and (
        doc[start].lower_ in {"the", "a", "an", "'s", "’s", "-", "“", '"', "former", "late"} or not doc[start].text[0].isalnum()
    ):
        start += 1
    while start < end - 1 and (
        doc[start].lower_ in roles.honorifics
        or (kind is EntityKind.PERSON and (is_rank(doc[start], roles, words) or doc[start].lower_ in _BEFORE_TITLES))
    ):
        start += 1
    while end > start and (
        doc[end - 1].lower_ in {"'s", "’s", "'", "’"} or (not doc[end - 1].text[-1].isalnum() and doc[end - 1].text[-1] != ".")
    ):
        end -= 1
    for token in doc[start:end]:
        if token.i > start and (token.text[0] in '(@/[“"‘' or token.lower_ in roles.never_names or _is_dash(token)):
            end = token.i
            break
    if kind is EntityKind.PERSON:
        # "Sunai Phasuk of Human Rights Watch".
        end = next((t.i for t in doc[start + 1 : end] if t.lower_ == "of"), end)
    if kind is EntityKind.ORGANISATION:
        if end < len(doc) and is_rank(doc[end], roles, words) and doc[end].text[0].isupper():
            # "Philippine Defence Secretary Gilberto Teodoro": the words between are those of the office.
            while end > start and doc[end - 1].lower_ in _BEFORE_TITLES:
                end -= 1
        # "FARC rebels", "Chinese vessels": what is behind the name says what they are.
        while end - 1 > start and doc[end - 1].text.islower() and doc[end - 1].pos_ in _DESCRIBING:
            end -= 1
    if start >= end or not doc[start].text[0].isupper() or not any(t.pos_ == "PROPN" or t.text.isupper() for t in doc[start:end]):
        return None
    if kind is EntityKind.PERSON and any(
        t.pos_ in {"VERB", "AUX", "ADP", "PUNCT"} and t.text[0].islower() for t in doc[start:end]
    ):
        return None
    return doc[start:end]


def _complete(span: Span, kind: EntityKind, roles: Roles, words: Words, known: Collection[int]) -> Span:
    """`span` with the proper nouns that the tagger left off at its ends: given names, surnames, parts behind a hyphen."""
    doc = span.doc
    start, end = span.start, span.end
    allowed = {"", "PERSON"} if kind is EntityKind.PERSON else {""}
    person = kind is EntityKind.PERSON
    while end < len(doc):
        if person and _continues(doc[end], roles, words) and doc[end].ent_type_ in allowed:
            end += 1
        elif (
            doc[end].text in _HYPHENS
            and not doc[end - 1].whitespace_
            and not doc[end].whitespace_
            and end + 1 < len(doc)
            and _continues(doc[end + 1], roles, words)
        ):
            end += 2
        else:
            break
    while start > 0:
        before = doc[start - 1]
        if (
            person
            and start - 1 not in known
            and not before.is_sent_start
            and _continues(before, roles, words)
            and before.whitespace_
            and before.ent_type_ in {"", "PERSON", "ORG"}
        ):
            start -= 1
        elif (
            before.text in _HYPHENS
            and not before.whitespace_
            and start > 1
            and not doc[start - 2].whitespace_
            and start - 2 not in known
            and _continues(doc[start - 2], roles, words)
        ):
            start -= 2
        else:
            break
    return doc[start:end]


def _continues(token: Token, roles: Roles, words: Words) -> bool:
    """Whether a token can be one more word of a name."""
    return (
        token.pos_ == "PROPN"
        and token.text[0].isupper()
        and token.text[-1].isalnum()
        and not is_rank(token, roles, words)
        and token.lower_ not in roles.never_names
    )


def _is_dash(token: Token) -> bool:
    """Whether a dash stands by itself, as between parts of a sentence."""
    return token.text in _DASHES and bool(token.whitespace_) and bool(token.i and token.nbor(-1).whitespace_)


def _is_capitals(token: Token) -> bool:
    return token.text.isupper() and token.text[0].isalpha() and len(token) > 1
