"""Static facts that a sentence states by a title, an apposition, a relational noun or the form of a place's name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from spacy.tokens import Token

from kb.domain.entity import EntityKind, MentionForm
from kb.domain.gazetteer import Gazetteer, held
from kb.domain.mention import Referent, ResolvedMention
from kb.domain.span import Span
from kb.nlp.fact_patterns import FactPatterns, Relation, load_fact_patterns
from kb.nlp.lexicon import Roles
from kb.nlp.office_text import office_text, with_article
from kb.nlp.offices import HeldOffice, Offices
from kb.nlp.people import Actors
from kb.nlp.pipeline import ParsedArticle
from kb.nlp.tenses import Tense
from kb.nlp.validity import find_validity

_INNER: Final = (MentionForm.NOMINAL, MentionForm.PRONOUN, MentionForm.NAME)
_DATELINE_END: Final = ("—", "–", "-", "--", "(")


@dataclass(frozen=True, slots=True)
class FactDraft:
    """A fact in terms of the article: `subject` and `object` are referent numbers.

    An office has its words in `text`, and as object what it is an office of where that is named. The dates mean what they mean in
    `kb.domain.claim.Fact`.
    """

    subject: int
    predicate: str
    object: int | None
    text: str | None
    sentence: Span
    valid_from: date | None = None
    valid_to: date | None = None
    held_on: date | None = None


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
        for sentence in self.parsed.sentences:
            span = sentence.place
            for office in self.offices.find(sentence.paragraph, sentence.span):
                if not office.speaking or office.of is not None or office.of_text is not None:
                    yield self._office(office, span)
            for token in sentence.span:
                for relation in self.nouns.get(token.lemma_.lower(), ()):
                    yield from self._related(sentence.paragraph, token, relation, span)
        for number, mention in enumerate(self.actors.mentions):
            if mention.form is MentionForm.NAME:
                yield from self._by_form(number, mention)

    def _draft(
        self,
        subject: int,
        role: str,
        target: int | None,
        text: str | None,
        span: Span,
        validity: tuple[date | None, date | None] = (None, None),
        *,
        tense: Tense = Tense.PRESENT,
    ) -> FactDraft:
        """A fact that holds on the day of the article unless its words are of the past or give other dates."""
        (start, end), today = validity, self.parsed.published_on
        if today is not None and tense is Tense.OVER:
            end = min(end or date.max, today - timedelta(days=1))
        holds = today is not None and tense is Tense.PRESENT and (start or today) <= today <= (end or today)
        predicate = self.patterns.predicates.get(role, role)
        return FactDraft(subject, predicate, target, text, span, start, end, today if holds else None)

    # -- offices -------------------------------------------------------------------------------------------------------------

    def _office(self, office: HeldOffice, span: Span) -> FactDraft:
        owner = office.of
        validity = find_validity(office.near, begins=office.begins)
        if office.speaking and owner is not None:
            return self._draft(office.person, "speaks", owner, None, span, validity, tense=office.tense)
        if owner is not None and self.actors.referents[owner].kind is EntityKind.PERSON:
            # "his foreign minister": the minister of whose government he is the head.
            owner = self._country_led_by(owner)
        name = self._written(owner, office.of_text)
        if name is None and not office.speaking:
            owner, name = self._known_owner(office)
        post = self._written(office.sent_to, office.sent_to_text)
        text = office_text(office.title, former=office.former, of=name, sent_to=post)
        owner = None if owner is None or self.actors.referents[owner].nameless else owner
        return self._draft(office.person, "holds", owner, text, span, validity, tense=office.tense)

    def _written(self, referent: int | None, text: str | None) -> str | None:
        """A country's or body's name as it stands after "of"."""
        return text if referent is None else with_article(self.actors.referents[referent].name, self.patterns)

    def _known_owner(self, office: HeldOffice) -> tuple[int | None, str | None]:
        """For "President Obama" the country whose president the reference set says that he was, at best on the article's date.

        Its referent, if the article names it, and its name.
        """
        key = self.actors.referents[office.person].key
        if key is None:
            return None, None
        title = self.roles.titles.get(office.title.lower(), office.title.lower())
        known = [o for o in self.gazetteer.entities[key].offices if o.title == title and o.of in self.gazetteer.entities]
        known.sort(key=lambda o: not held(o, self.parsed.published_on))
        owner = known[0].of if known else None
        if owner is None:
            return None, None
        return self.by_key.get(owner), with_article(self.gazetteer.entities[owner].name, self.patterns)

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
                    yield self._draft(holder, relation.predicate, whole, None, span, find_validity(near))

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
        sentence = self.parsed.sentence(mention.paragraph, root).place
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
    kept: dict[tuple[int, str, int | str | None], FactDraft] = {}
    for draft in sorted(drafts, key=lambda d: d.sentence.start):
        key = (draft.subject, draft.predicate, draft.object if draft.text is None else draft.text)
        first = kept.setdefault(key, draft)
        if first.object is None:
            first = kept[key] = replace(first, object=draft.object)
        if not _is_bounded(first) and _is_bounded(draft):
            kept[key] = replace(first, valid_from=draft.valid_from, valid_to=draft.valid_to, held_on=draft.held_on)
    full = {(d.subject, d.text) for d in kept.values() if d.text is not None}
    return tuple(
        d
        for d in kept.values()
        if d.text is None or not any(s == d.subject and t is not None and t.startswith(f"{d.text} of ") for s, t in full)
    )


def _is_bounded(draft: FactDraft) -> bool:
    return draft.valid_from is not None or draft.valid_to is not None
