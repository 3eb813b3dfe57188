"""Static facts that a sentence states by a title, an apposition, a relational noun or the form of a place's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from spacy.tokens import Token

from kb.domain.entity import EntityKind, MentionForm
from kb.domain.gazetteer import Gazetteer, held
from kb.domain.mention import Referent, ResolvedMention
from kb.domain.span import Span, cut
from kb.nlp.fact_patterns import FactPatterns, Relation, load_fact_patterns
from kb.nlp.lexicon import Roles
from kb.nlp.offices import HeldOffice, Offices
from kb.nlp.people import Actors
from kb.nlp.pipeline import ParsedArticle, Sentence

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        1,
    )
}
_SINCE: Final = re.compile(r"\bsince\s+(?:(?P<day>\d{1,2})\s+)?(?:(?P<month>[A-Z][a-z]+)\.?\s+)?(?P<year>(?:19|20)\d\d)\b")
_INNER: Final = (MentionForm.NOMINAL, MentionForm.PRONOUN, MentionForm.NAME)
_DATELINE_END: Final = ("—", "–", "-", "--", "(")


@dataclass(frozen=True, slots=True)
class FactDraft:
    """A fact in terms of the article: `subject` and `object` are referent numbers; `text` is set where the object is none."""

    subject: int
    predicate: str
    object: int | None
    text: str | None
    sentence: Span
    valid_from: date | None


def extract_facts(
    parsed: ParsedArticle,
    referents: Sequence[Referent],
    mentions: Sequence[ResolvedMention],
    roles: Roles,
    gazetteer: Gazetteer,
) -> tuple[FactDraft, ...]:
    """The facts in the order of the text, each where the article first states it; of an office the fullest statement."""
    # Where a nominal covers another mention ("Syria's ally"), the words of the inner one mean what they mean by themselves.
    inner_last = sorted(mentions, key=lambda m: (_INNER.index(m.form), m.first - m.last))
    actors = Actors(referents, inner_last)
    finder = _Finder(parsed, actors, roles, gazetteer, load_fact_patterns())
    return _first_statements(finder.find())


class _Finder:
    def __init__(self, parsed: ParsedArticle, actors: Actors, roles: Roles, gazetteer: Gazetteer, patterns: FactPatterns) -> None:
        self.parsed = parsed
        self.actors = actors
        self.roles = roles
        self.gazetteer = gazetteer
        self.patterns = patterns
        self.offices = Offices(actors, patterns.offices)
        self.by_key = {r.key: r.number for r in actors.referents if r.key}
        self.nouns: dict[str, list[Relation]] = {}
        for relation in patterns.relations:
            for noun in relation.nouns:
                self.nouns.setdefault(noun.split()[-1], []).append(relation)

    def find(self) -> Iterator[FactDraft]:
        for sentence in self.parsed.sentences():
            span = self._sentence_span(sentence)
            for office in self.offices.find(sentence.paragraph, sentence.span):
                if not office.speaking or office.of is not None or office.of_text is not None:
                    yield self._office(office, span)
            for token in sentence.span:
                for relation in self.nouns.get(token.lemma_.lower(), ()):
                    yield from self._related(sentence.paragraph, token, relation, span)
        for number, mention in enumerate(self.actors.mentions):
            if mention.form is MentionForm.NAME:
                yield from self._by_form(number, mention)

    def _sentence_span(self, sentence: Sentence) -> Span:
        start = self.parsed.paragraphs[sentence.paragraph].start + sentence.span.start_char
        return cut(self.parsed.article.text, start, start + len(sentence.span.text.rstrip()))

    def _draft(self, subject: int, role: str, target: int | None, text: str | None, span: Span, near: str = "") -> FactDraft:
        return FactDraft(subject, self.patterns.predicates.get(role, role), target, text, span, find_since(near))

    # -- offices -------------------------------------------------------------------------------------------------------------

    def _office(self, office: HeldOffice, span: Span) -> FactDraft:
        owner = office.of
        if office.speaking and owner is not None:
            return self._draft(office.person, "speaks", owner, None, span)
        if owner is not None and self.actors.referents[owner].kind is EntityKind.PERSON:
            # "his foreign minister": the minister of whose government he is the head.
            owner = self._country_led_by(owner)
        name = self._written(owner, office.of_text)
        if name is None and not office.speaking:
            name = self._known_owner(office)
        post = self._written(office.sent_to, office.sent_to_text)
        near = " ".join(t.text for t in office.token.subtree) if office.token.dep_ == "appos" else ""
        text = office_text(office.title, former=office.former, of=name, sent_to=post)
        return self._draft(office.person, "holds", None, text, span, near)

    def _written(self, referent: int | None, text: str | None) -> str | None:
        """A country's or body's name as it stands after "of"."""
        if referent is None:
            return text
        name = self.actors.referents[referent].name
        words = frozenset(name.split())
        needs = name in self.patterns.article_names or (len(words) > 1 and words & self.patterns.article_words)
        return f"the {name}" if needs and not name.lower().startswith("the ") else name

    def _known_owner(self, office: HeldOffice) -> str | None:
        """For "President Obama" the country whose president the reference set says that he was, at best on the article's date."""
        key = self.actors.referents[office.person].key
        if key is None:
            return None
        title = self.roles.titles.get(office.title.lower(), office.title.lower())
        known = [o for o in self.gazetteer.entities[key].offices if o.title == title and o.of in self.gazetteer.entities]
        known.sort(key=lambda o: not held(o, self.parsed.published_on))
        owner = known[0].of if known else None
        if owner is None:
            return None
        name = self.gazetteer.entities[owner].name
        needs = name in self.patterns.article_names
        return f"the {name}" if needs else name

    def _country_led_by(self, person: int) -> int | None:
        key = self.actors.referents[person].key
        offices = self.gazetteer.entities[key].offices if key else ()
        return next((self.by_key[o.of] for o in offices if o.of in self.by_key), None)

    # -- relational nouns ----------------------------------------------------------------------------------------------------

    def _related(self, paragraph: int, noun: Token, relation: Relation, span: Span) -> Iterator[FactDraft]:
        if not _matches(noun, relation.nouns) or self.actors.is_name(paragraph, noun):
            return
        if _is_negated(noun):
            return
        allowed = relation.subjects or self.patterns.subject_kinds[relation.predicate]
        holders = self._only(self._holders(paragraph, noun, relation), allowed)
        wholes = [r for r in self._only(self._wholes(paragraph, noun, relation), relation.kinds) if r not in holders]
        if not wholes and relation.known:
            wholes = [country for holder in holders for country in self._known_country(holder)]
        for holder in holders:
            for whole in wholes[:1]:
                if holder != whole and not (relation.named and self.actors.referents[holder].nameless):
                    near = noun.doc[noun.left_edge.i : noun.right_edge.i + 1].text
                    yield self._draft(holder, relation.predicate, whole, None, span, near)

    def _known_country(self, place: int) -> list[int]:
        """ "the capital of Kyiv": the country that the reference set puts the place in, where the article means it too."""
        key = self.actors.referents[place].key
        country = self.gazetteer.entities[key].country if key else None
        return [self.by_key[country]] if country in self.by_key else []

    def _only(self, found: Iterable[int], kinds: frozenset[EntityKind]) -> list[int]:
        referents = self.actors.referents
        return [r for r in dict.fromkeys(found) if referents[r].kind in kinds and not referents[r].nameless]

    def _wholes(self, paragraph: int, noun: Token, relation: Relation) -> Iterator[int]:
        for child in noun.children:
            if child.dep_ == "prep" and child.lower_ in relation.links:
                for target in child.children:
                    if target.dep_ == "pobj":
                        yield from self._named(paragraph, target)
        yield from (r for _, r in self.actors.owners(paragraph, noun))

    def _holders(self, paragraph: int, noun: Token, relation: Relation) -> Iterator[int]:
        plural = noun.tag_ in {"NNS", "NNPS"}
        if noun.dep_ == "appos":
            yield from self._named(paragraph, noun.head)
        for child in noun.children:
            if child.dep_ == "appos":
                yield from self._with_conjuncts(paragraph, child) if plural else self._named(paragraph, child)
            elif child.dep_ == "prep" and child.lower_ in relation.holder_links:
                for target in child.children:
                    if target.dep_ == "pobj":
                        yield from self._with_conjuncts(paragraph, target) if plural else self._named(paragraph, target)
        if noun.i + 1 < len(noun.doc) and self.actors.is_name(paragraph, noun.doc[noun.i + 1]) and not plural:
            number = self.actors.mention_at(paragraph, noun.doc[noun.i + 1])
            if number is not None and not self.actors.mentions[number].demonym:
                yield from self.actors.mentions[number].referents
        if noun.dep_ == "attr" and noun.head.lemma_.lower() in self.patterns.offices.copulas:
            for child in noun.head.children:
                if child.dep_ == "nsubj":
                    yield from self._with_conjuncts(paragraph, child)
        if relation.own:
            yield from self._named(paragraph, noun)

    def _named(self, paragraph: int, token: Token) -> Iterator[int]:
        yield from (r for _, r in self.actors.at(paragraph, token))

    def _with_conjuncts(self, paragraph: int, token: Token) -> Iterator[int]:
        yield from self._named(paragraph, token)
        for child in token.children:
            if child.dep_ in {"conj", "appos"}:
                yield from self._with_conjuncts(paragraph, child)

    # -- facts by form -------------------------------------------------------------------------------------------------------

    def _by_form(self, number: int, mention: ResolvedMention) -> Iterator[FactDraft]:
        referent = self.actors.referents[mention.referents[0]]
        doc = self.parsed.paragraphs[mention.paragraph].doc
        root = doc[mention.first : mention.last].root
        sentence = self._sentence_span(Sentence(mention.paragraph, root.sent))
        if referent.kind is EntityKind.REGION:
            part_of = self._part_of(referent)
            if part_of is not None:
                yield self._draft(referent.number, "part", part_of, None, sentence)
            inside = self._inside(mention, root)
            if inside is not None and inside not in (referent.number, part_of):
                yield self._draft(referent.number, "inside", inside, None, sentence)
        elif referent.kind is EntityKind.PERSON:
            for child in root.children:
                if child.dep_ == "prep" and child.lower_ in self.patterns.body_links and child.i == mention.last:
                    targets = (t for t in child.children if t.dep_ == "pobj" and self.actors.is_name(mention.paragraph, t))
                    bodies = (r for target in targets for r in self._named(mention.paragraph, target))
                    for body in self._only(bodies, frozenset({EntityKind.ORGANISATION})):
                        yield self._draft(referent.number, "of_body", body, None, sentence)

    def _part_of(self, referent: Referent) -> int | None:
        """The country in "eastern Ukraine", where the article also means it by a name of its own."""
        if referent.key is not None or referent.country is None:
            return None
        keys = [c.key for c in self.gazetteer.candidates(referent.country)]
        return next((self.by_key[key] for key in keys if key in self.by_key), None)

    def _inside(self, mention: ResolvedMention, root: Token) -> int | None:
        """The country in "Douma, in Syria", "Lviv, Ukraine," and "VILNIUS, Lithuania -"."""
        doc = root.doc
        for child in root.children:
            if child.dep_ == "prep" and child.lower_ in self.patterns.place_links and 0 <= child.i - mention.last <= 1:
                targets = (
                    r for target in child.children if target.dep_ == "pobj" for r in self._named(mention.paragraph, target)
                )
                for found in self._only(targets, frozenset({EntityKind.COUNTRY})):
                    return found
        if mention.last + 1 < len(doc) and doc[mention.last].text == ",":
            number = self.actors.mention_at(mention.paragraph, doc[mention.last + 1])
            if number is None or self.actors.mentions[number].demonym:
                return None
            other = self.actors.mentions[number]
            country = self.actors.referents[other.referents[0]]
            if country.kind is not EntityKind.COUNTRY or other.form is not MentionForm.NAME:
                return None
            following = doc[other.last].text if other.last < len(doc) else "."
            apposed = doc[other.first : other.last].root
            listed = any(c.dep_ in {"conj", "cc"} for c in apposed.children)
            dateline = mention.first == 0 and following in _DATELINE_END
            if dateline or (
                apposed.dep_ == "appos" and apposed.head == root and not listed and following in {",", ".", *_DATELINE_END}
            ):
                return country.number
        return None


def office_text(title: str, *, former: bool, of: str | None, sent_to: str | None) -> str:
    """The object of an office: "Foreign Minister of Japan", "Former President of Bolivia", "Ambassador of Mexico to Ecuador"."""
    words = [
        word if word.lower() in {"of", "for", "the", "and"} or word[0].isupper() else word[0].upper() + word[1:]
        for word in title.split()
    ]
    text = " ".join(["Former", *words] if former else words)
    return text + (f" of {of}" if of else "") + (f" to {sent_to}" if sent_to else "")


def find_since(text: str) -> date | None:
    """The first day of the year, month or day after "since" in `text`; None where it names none."""
    match = _SINCE.search(text)
    if match is None:
        return None
    month = next((n for name, n in _MONTHS.items() if match["month"] and name.startswith(match["month"].lower())), None)
    if month is None:
        return date(int(match["year"]), 1, 1)
    try:
        return date(int(match["year"]), month, int(match["day"] or 1))
    except ValueError:
        return date(int(match["year"]), month, 1)


def _matches(noun: Token, nouns: frozenset[str]) -> bool:
    """Whether `noun` is one of `nouns`, each of which may be several words."""
    for entry in nouns:
        words = entry.split()
        first = noun.i - len(words) + 1
        if noun.lemma_.lower() == words[-1] and first >= 0 and [t.lower_ for t in noun.doc[first : noun.i]] == words[:-1]:
            return True
    return False


def _is_negated(noun: Token) -> bool:
    """ "Ukraine is not a member", "a would-be ally", "a former member"."""
    if any(
        child.lower_ in {"former", "no", "not", "non", "would", "potential", "aspiring", "ex", "other"} for child in noun.children
    ):
        return True
    return noun.dep_ == "attr" and any(
        child.dep_ == "neg" or (child.dep_ == "aux" and child.tag_ == "MD") for child in noun.head.children
    )


def _first_statements(drafts: Iterable[FactDraft]) -> tuple[FactDraft, ...]:
    """`drafts` without repeats; a bare title gives way where the same article says of what the person holds it."""
    kept: dict[tuple[int, str, int | None, str | None], FactDraft] = {}
    for draft in sorted(drafts, key=lambda d: d.sentence.start):
        key = (draft.subject, draft.predicate, draft.object, draft.text)
        first = kept.setdefault(key, draft)
        if first.valid_from is None and draft.valid_from is not None:
            kept[key] = replace(first, valid_from=draft.valid_from)
    full = {(d.subject, d.text) for d in kept.values() if d.text is not None}
    return tuple(
        d
        for d in kept.values()
        if d.text is None or not any(s == d.subject and t is not None and t.startswith(f"{d.text} of ") for s, t in full)
    )
