"""Whom roles, nominals and pronouns mean. Small and replaceable: what it gets right is counted on GUM's news (issue 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from spacy.tokens import Doc, Token

from kb.domain.entity import EntityKind, MentionForm
from kb.domain.gazetteer import Gazetteer
from kb.domain.mention import Referent, ResolvedMention
from kb.nlp.lexicon import Roles
from kb.nlp.pipeline import ParsedArticle
from kb.nlp.titles import Titles

_MALE: Final = frozenset({"he", "him", "his", "himself"})
_FEMALE: Final = frozenset({"she", "her", "hers", "herself"})
_NEUTER: Final = frozenset({"it", "its", "itself"})
_PLURAL: Final = frozenset({"they", "them", "their", "themselves", "theirs"})
_MODIFIERS: Final = frozenset({"compound", "amod", "nmod", "poss", "npadvmod"})
_BREAKAWAY: Final = frozenset(
    [
        "breakaway",
        "separatist",
        "rebel",
        "secessionist",
        "self",
        "proclaimed",
        "occupied",
        "pro",
        "russian",
        "held",
        "controlled",
        "two",
        "both",
        "people",
        "unrecognised",
        "unrecognized",
    ]
)
_SOVEREIGN: Final = frozenset({"country", "nation", "state"})
_ASSOCIATIONS: Final = frozenset({"alliance", "bloc", "union", "organisation", "organization"})
# How many mentions back a pronoun may reach; further back the right answer was rarer than a wrong one on gold/train.
_REACH: Final = 12


class Coreference:
    """Collects what an article says of its people and resolves the rest by it. One instance an article."""

    def __init__(
        self,
        parsed: ParsedArticle,
        referents: Sequence[Referent],
        names: Sequence[ResolvedMention],
        gazetteer: Gazetteer,
        roles: Roles,
    ) -> None:
        self.parsed = parsed
        self.gazetteer = gazetteer
        self.roles = roles
        self.referents = list(referents)
        self.names = tuple(names)
        self.at: dict[tuple[int, int], ResolvedMention] = {
            (m.paragraph, i): m for m in self.names for i in range(m.first, m.last)
        }
        self.by_key = {r.key: r.number for r in self.referents if r.key}
        self.nameless: dict[str, int] = {}
        self.titles = Titles(parsed, self.names, self.referents, self.at, roles)
        self.offices = self.titles.offices
        self.female = {
            r.number
            for r in self.referents
            if r.kind is EntityKind.PERSON and any(s.split()[0] in roles.female_names for s in r.surfaces)
        }

    def resolve(self) -> tuple[tuple[Referent, ...], tuple[ResolvedMention, ...]]:
        """All referents, nameless ones included, and all mentions in the order of the text."""
        mentions = list(self.names)
        recent: list[tuple[int, bool]] = []
        for number, paragraph in enumerate(self.parsed.paragraphs):
            for token in paragraph.doc:
                name = self.at.get((number, token.i))
                if name is not None:
                    if token.i == name.last - 1 and not name.demonym:
                        recent.extend((r, _is_subject(token)) for r in name.referents)
                    continue
                mention = self._resolve_token(number, token, recent)
                if mention is not None:
                    mentions.append(mention)
                    self.at.update({(number, i): mention for i in range(mention.first, mention.last)})
                    recent.extend((r, _is_subject(token)) for r in mention.referents)
        return tuple(self.referents), tuple(sorted(mentions, key=lambda m: (m.start, m.end)))

    def _resolve_token(self, number: int, token: Token, recent: list[tuple[int, bool]]) -> ResolvedMention | None:
        if token.pos_ == "PRON" or (token.dep_ == "poss" and token.tag_ == "PRP$"):
            found = self._pronoun(number, token, recent)
            return self._mention(number, token.doc, token.i, token.i + 1, MentionForm.PRONOUN, found) if found else None
        if token.pos_ not in {"NOUN", "PROPN"}:
            return None
        title, first = self.titles.find_title(token)
        if title is not None or token.lemma_.lower() in self.roles.collective:
            if self._precedes_person(number, token):
                return None
            if beside := self._person_beside(number, token):
                return self._mention(
                    number, token.doc, self._phrase_start(token, first), token.i + 1, MentionForm.NOMINAL, beside
                )
        if title is not None:
            found = self._role(number, token, title, recent)
            if found:
                return self._mention(number, token.doc, self._phrase_start(token, first), token.i + 1, MentionForm.NOMINAL, found)
        found = self._state(number, token) or self._places(number, token) or self._last_country(token, recent)
        if found:
            return self._mention(number, token.doc, self._phrase_start(token, token.i), token.i + 1, MentionForm.NOMINAL, found)
        return self._collective(number, token)

    # -- offices and roles ---------------------------------------------------------------------------------------------------

    def _precedes_person(self, number: int, token: Token) -> bool:
        """ "spokeswoman Maria Zakharova": the title is part of how the person is named."""
        if token.dep_ in {"compound", "nmod"} and self.titles.names_person(number, token.head):
            return True
        return token.i + 1 < len(token.doc) and self.titles.names_person(number, token.doc[token.i + 1])

    def _person_beside(self, number: int, token: Token) -> tuple[int, ...]:
        """ "the foreign minister, Dmytro Kuleba" and "Kuleba, the foreign minister": the person in apposition."""
        beside = [child for child in token.children if child.dep_ == "appos"]
        beside += [token.head] if token.dep_ == "appos" else []
        return next((self.at[number, t.i].referents for t in beside if self.titles.names_person(number, t)), ())

    def _role(self, number: int, token: Token, title: str, recent: list[tuple[int, bool]]) -> tuple[int, ...]:
        nobody = ResolvedMention(number, -1, -1, -1, -1, "", MentionForm.NOMINAL, ())
        of = self.titles.find_owner(number, token, nobody)
        titles = self.roles.leading if title in {"leader", "chief", "head of state"} else {title}
        holders = [o.person for o in self.offices if o.title in titles and (of is None or o.of == of)]
        if title == "chief" and of is not None and not holders:
            holders = [o.person for o in self.offices if o.of == of and o.title != "spokesperson"]
        if token.tag_ in {"NNS", "NNPS"}:
            if title == "leader" and of is None and any(c.lower_ in {"two", "both"} for c in token.children):
                people = list(dict.fromkeys(r for r, _ in reversed(recent) if self.referents[r].kind is EntityKind.PERSON))
                return tuple(sorted(people[:2])) if len(people) > 1 else ()
            return ()
        if of is not None and not holders:
            key = self.referents[of].key
            keys = self.gazetteer.holders(titles, key, self.parsed.published_on) if key else ()
            holders = [self.by_key[k] for k in keys if k in self.by_key]
            if not holders and keys and title not in {"leader", "minister"} and self.parsed.published_on:
                return (self._add_known(keys[0]),)
        if of is None and not any(c.lower_ in {"the", "his", "her", "its"} for c in token.children):
            return ()
        order = {r: i for i, (r, _) in enumerate(recent)}
        best = max(holders, key=lambda person: order.get(person, -1), default=None)
        return () if best is None else (best,)

    def _add_known(self, key: str) -> int:
        if key not in self.by_key:
            entity = self.gazetteer.entities[key]
            self.by_key[key] = len(self.referents)
            self.referents.append(
                Referent(len(self.referents), entity.kind, entity.name, key, (), 0.8, "held the office on the article's date")
            )
        return self.by_key[key]

    # -- states, places, collectives -----------------------------------------------------------------------------------------

    def _state(self, number: int, token: Token) -> tuple[int, ...]:
        """ "Russian troops", "U.S. officials", "Syria's government": the state or region beside the head."""
        if token.lemma_.lower() not in self.roles.stand_for_state:
            return ()
        beside = _modifiers(token)
        if self.roles.titles.get(token.lemma_.lower()) == "spokesperson":
            beside += [g for child in token.children if child.lower_ in {"for", "of"} for g in child.children]
        found = tuple(dict.fromkeys(r for child in beside for r in self._state_of(number, child)))
        if not found and token.lemma_.lower() in self.roles.government and any(c.lower_ == "the" for c in token.children):
            return self._latest_country_before(number, token)
        return found

    def _state_of(self, number: int, token: Token) -> tuple[int, ...]:
        """The place or body named at `token`; for a person ("the Assad government") the country of his office."""
        mention = self.at.get((number, token.i))
        if mention is None or mention.form is not MentionForm.NAME:
            return ()
        found = []
        for r in mention.referents:
            referent = self.referents[r]
            if referent.kind is not EntityKind.PERSON:
                found.append(r)
            elif token.head.lemma_.lower() in self.roles.government:
                found.extend(self._country_led_by(r))
        return tuple(found)

    def _country_led_by(self, person: int) -> list[int]:
        of = [o.of for o in self.offices if o.person == person and o.of is not None]
        key = self.referents[person].key
        offices = self.gazetteer.entities[key].offices if key else ()
        of += [self.by_key[o.of] for o in offices if o.of in self.by_key]
        of = [r for r in of if self.referents[r].kind is EntityKind.COUNTRY]
        if not of and offices and offices[0].of in self.gazetteer.entities:
            of = [self._add_known(offices[0].of)]
        return of[:1]

    def _latest_country_before(self, number: int, token: Token) -> tuple[int, ...]:
        base = self.parsed.offset(number, token)
        before = [m for m in self.names if m.start < base and self.referents[m.referents[0]].kind is EntityKind.COUNTRY]
        return before[-1].referents if before else ()

    def _places(self, number: int, token: Token) -> tuple[int, ...]:
        """ "the breakaway regions", "both republics": the unrecognised states that the article names."""
        if token.lemma_.lower() not in self.roles.place_nominals or token.tag_ not in {"NNS", "NNPS"}:
            return ()
        words = {t.lower_ for t in token.subtree if t.i <= token.i} | {t.lemma_.lower() for t in token.subtree if t.i <= token.i}
        if not words & _BREAKAWAY or (token.lemma_.lower() in _SOVEREIGN and words & {"two", "both"}):
            return ()
        republics = [r.number for r in self.referents if r.kind is EntityKind.REGION and "Republic" in r.name]
        return tuple(republics) if len(republics) > 1 else ()

    def _last_country(self, token: Token, recent: list[tuple[int, bool]]) -> tuple[int, ...]:
        lemma = token.lemma_.lower()
        if lemma in {"country", "nation"} and any(c.lower_ in {"the", "his", "her", "their"} for c in token.children):
            countries = [r for r, _ in reversed(recent) if self.referents[r].kind is EntityKind.COUNTRY]
            if token.tag_ == "NN":
                return tuple(countries[:1])
            if any(c.lower_ in {"two", "both"} for c in token.children):
                return tuple(sorted(dict.fromkeys(countries)))[:2] if len(set(countries)) > 1 else ()
        definite = any(c.lower_ == "the" for c in (*token.children, *(token.head.children if token.dep_ == "compound" else ())))
        if lemma in _ASSOCIATIONS and definite:
            known = [r for r, _ in reversed(recent) if self._has_members(r)]
            if known:
                return (known[0],)
        if lemma in {"organisation", "organization", "agency", "ministry"} and definite:
            bodies = [
                r
                for r, _ in reversed(recent)
                if self.referents[r].kind is EntityKind.ORGANISATION and not self.referents[r].nameless
            ]
            return tuple(bodies[:1])
        return ()

    def _collective(self, number: int, token: Token) -> ResolvedMention | None:
        """A nameless actor: one local organisation for each kind of actor in the article."""
        lemma = token.lemma_.lower()
        if lemma not in self.roles.collective or token.dep_ in {"compound", "amod", "npadvmod", "nmod"}:
            return None
        singular = token.tag_ == "NN"
        if singular and lemma in self.roles.relational:
            return self._counterpart(number, token)
        first = self._phrase_start(token, token.i)
        before = [t.text for t in token.doc[first : token.i] if t.dep_ not in {"det", "nummod", "poss", "case"}]
        phrase = " ".join([*before, token.text])
        if lemma not in self.nameless:
            self.nameless[lemma] = len(self.referents)
            kind = EntityKind.PERSON if singular and lemma in self.roles.titles else EntityKind.ORGANISATION
            self.referents.append(
                Referent(len(self.referents), kind, phrase, None, (phrase,), 0.4, "an actor without a name", nameless=True)
            )
        referent = self.referents[self.nameless[lemma]]
        if phrase not in referent.surfaces:
            self.referents[referent.number] = replace(referent, surfaces=(*referent.surfaces, phrase))
        return self._mention(number, token.doc, first, token.i + 1, MentionForm.NOMINAL, (referent.number,))

    def _counterpart(self, number: int, token: Token) -> ResolvedMention | None:
        """ "his U.S. counterpart": whoever holds the speaker's office there, by the article or on its date."""
        owners = [r for r in self._of_possessive(number, token) if self.referents[r].kind is EntityKind.PERSON]
        places = [r for child in _modifiers(token) for r in self._state_of(number, child)]
        if token.lemma_ != "counterpart" or not owners or not places:
            return None
        key = self.referents[owners[0]].key
        titles = {o.title for o in self.offices if o.person == owners[0]}
        titles |= {o.title for o in (self.gazetteer.entities[key].offices if key else ())}
        holders = [o.person for o in self.offices if o.title in titles and o.of == places[0]]
        if not holders and (country := self.referents[places[0]].key):
            holders = [self._add_known(k) for k in self.gazetteer.holders(titles, country, self.parsed.published_on)[:1]]
        start = self._phrase_start(token, token.i)
        return self._mention(number, token.doc, start, token.i + 1, MentionForm.NOMINAL, holders[:1]) if holders else None

    def _of_possessive(self, number: int, token: Token) -> tuple[int, ...]:
        return next((m.referents for c in token.lefts if c.dep_ == "poss" and (m := self.at.get((number, c.i)))), ())

    def _has_members(self, number: int) -> bool:
        key = self.referents[number].key
        return (
            key is not None
            and self.referents[number].kind is EntityKind.ORGANISATION
            and bool(self.gazetteer.entities[key].members)
        )

    # -- pronouns ------------------------------------------------------------------------------------------------------------

    def _pronoun(self, number: int, token: Token, recent: list[tuple[int, bool]]) -> tuple[int, ...]:
        word = token.lower_
        acting = self._acting(number, token)
        window = [entry for entry in recent[-_REACH:] if entry[0] not in acting]
        if word in _MALE or word in _FEMALE:
            people = [
                (r, s)
                for r, s in window
                if self.referents[r].kind is EntityKind.PERSON and (r in self.female) == (word in _FEMALE)
            ]
            return _latest_subject(people)
        if word in _NEUTER:
            if _is_expletive(token):
                return ()
            bodies = [(r, s) for r, s in window if self.referents[r].kind in (EntityKind.COUNTRY, EntityKind.ORGANISATION)]
            return _latest_subject(bodies)
        if word in _PLURAL:
            groups = [
                (r, s) for r, s in window if self.referents[r].nameless and self.referents[r].kind is EntityKind.ORGANISATION
            ]
            return _latest_subject(groups)
        return ()

    def _acting(self, number: int, token: Token) -> set[int]:
        """Who does what is done to a pronoun ("phoned Maduro, urging him"): it can't mean them."""
        if token.dep_ not in {"dobj", "pobj", "iobj", "dative"}:
            return set()
        for above in token.ancestors:
            for child in above.children:
                if child.dep_ == "nsubj" and (mention := self.at.get((number, child.i))) is not None:
                    return set(mention.referents)
        return set()

    # -- spans ---------------------------------------------------------------------------------------------------------------

    def _phrase_start(self, token: Token, first: int) -> int:
        """Where the noun phrase of `token` starts, modifiers and determiner included."""
        start = min((t.i for t in token.lefts if t.dep_ in _MODIFIERS | {"det", "nummod"}), default=first)
        return min(start, first)

    def _mention(
        self, number: int, doc: Doc, first: int, last: int, form: MentionForm, referents: Iterable[int]
    ) -> ResolvedMention:
        base = self.parsed.paragraphs[number].start
        span = doc[first:last]
        return ResolvedMention(
            number, first, last, base + span.start_char, base + span.end_char, span.text, form, tuple(dict.fromkeys(referents))
        )


def _modifiers(token: Token) -> list[Token]:
    """Words that say whose `token` is, coordinated ones included ("European and U.S. leaders")."""
    found = [child for child in token.lefts if child.dep_ in _MODIFIERS]
    for child in list(found):
        found.extend(t for t in child.subtree if t.dep_ == "conj")
        found.extend(t for t in child.lefts if t.dep_ in {"nmod", "compound", "amod"})
    return found


def _is_subject(token: Token) -> bool:
    return token.dep_ in {"nsubj", "nsubjpass"}


def _latest_subject(entries: list[tuple[int, bool]]) -> tuple[int, ...]:
    """The latest of the last three that was a subject, else the latest."""
    if not entries:
        return ()
    for referent, subject in reversed(entries[-3:]):
        if subject:
            return (referent,)
    return (entries[-1][0],)


def _is_expletive(token: Token) -> bool:
    """ "It was unclear": no one is meant."""
    return (
        token.lower_ == "it"
        and token.dep_ in {"nsubj", "nsubjpass", "expl"}
        and (token.head.lemma_ in {"be", "seem", "appear", "remain", "take"})
    )
