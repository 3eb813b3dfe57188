"""Titles beside people's names: which office a phrase names, of which country or body, and who bears it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from spacy.tokens import Doc, Span, Token

from kb.domain.entity import EntityKind, MentionForm
from kb.domain.mention import ResolvedMention
from kb.nlp.fact_patterns import OfficeWords
from kb.nlp.people import Actors
from kb.nlp.tenses import Tense, find_tense, find_words_on_time

# How many words before its head a title phrase may begin.
_REACH: Final = 8
_POSSESSIVE: Final = {"'s", "’s", "'", "’"}
_LONGEST_GAP: Final = 4


@dataclass(frozen=True, slots=True)
class HeldOffice:
    """A person's office as one phrase states it.

    `title` is in the words of the text ("foreign minister"), `of` the referent of the country or body or, where that has none,
    `of_text` its words; `sent_to` the post of an envoy, in the same two forms. `near` are the words that say when, if any do, and
    `begins` whether they are on how it began.
    """

    person: int
    title: str
    former: bool
    speaking: bool
    of: int | None
    of_text: str | None
    sent_to: int | None
    sent_to_text: str | None
    tense: Tense
    near: str
    begins: bool


@dataclass(slots=True)
class _Phrase:
    """A title phrase while it is read: tokens [left, right) with determiner and owner, [first, right) without."""

    head: Token
    first: int
    left: int
    right: int
    words: list[str]
    former: bool = False
    over: bool = False
    of: int | None = None
    of_text: str | None = None
    other: int | None = None
    sent_to: int | None = None
    sent_to_text: str | None = None
    definite: bool = False


class Offices:
    """Finds the offices of one article's people; remembers their titles for "his Chinese counterpart"."""

    def __init__(self, actors: Actors, words: OfficeWords) -> None:
        self.actors = actors
        self.words = words
        self.titles: dict[int, str] = {}
        self.tails = sorted((tail.split() for tail in words.tails), key=len, reverse=True)

    def find(self, paragraph: int, sentence: Span) -> Iterator[HeldOffice]:
        """The offices that `sentence` states, in the order of the text; several bearers only by coordination."""
        for token in sentence:
            if token.pos_ not in {"NOUN", "PROPN"} or self.actors.is_name(paragraph, token):
                continue
            lemma = token.lemma_.lower()
            if lemma not in self.words.heads and lemma not in self.words.counterparts:
                continue
            phrase = None if self._goes_on(token) else self._phrase(paragraph, token, sentence)
            for person in self._bearers(paragraph, phrase) if phrase is not None else ():
                if phrase is not None and person != phrase.of and (held := self._held(phrase, person)) is not None:
                    self.titles.setdefault(person, held.title)
                    yield held

    def _held(self, phrase: _Phrase, person: int) -> HeldOffice | None:
        title = " ".join(phrase.words)
        if phrase.head.lemma_.lower() in self.words.counterparts:
            # "his Chinese counterpart" bears the title of the one whose counterpart he is.
            known = self.titles.get(phrase.other) if phrase.other is not None else None
            if known is None or phrase.of is None:
                return None
            title = known
        return HeldOffice(
            person=person,
            title=title,
            former=phrase.former,
            speaking=title.lower() in self.words.speaking or title.split()[-1].lower() in self.words.speaking,
            of=phrase.of,
            of_text=phrase.of_text if phrase.of is None else None,
            sent_to=phrase.sent_to,
            sent_to_text=phrase.sent_to_text if phrase.sent_to is None else None,
            tense=Tense.OVER if phrase.over else find_tense(phrase.head),
            near=find_words_on_time(phrase.head),
            begins=phrase.head.dep_ == "attr" and phrase.head.head.lemma_.lower() in self.words.beginning,
        )

    def _goes_on(self, token: Token) -> bool:
        """Whether the title ends in a later word: "Secretary" of "Secretary General"."""
        following = token.doc[token.i + 1 : token.i + 3]
        last = following[1] if len(following) > 1 and following[0].text == "-" and not token.whitespace_ else None
        last = following[0] if last is None and len(following) else last
        return last is not None and token.lower_ in self.words.only_with.get(last.lower_, ())

    # -- the phrase ----------------------------------------------------------------------------------------------------------

    def _phrase(self, paragraph: int, head: Token, sentence: Span) -> _Phrase | None:
        singular = head.text if head.tag_ in {"NN", "NNP"} else head.lemma_
        phrase = _Phrase(head, head.i, head.i, head.i + 1, [singular])
        self._read_left(paragraph, phrase, sentence)
        self._read_right(paragraph, phrase)
        needed = self.words.only_with.get(head.lemma_.lower())
        if needed is None or any(part in needed for word in phrase.words for part in word.lower().split("-")):
            return phrase
        # An empty list stands for any word in front or any body.
        named = len(phrase.words) > 1 or phrase.of is not None or phrase.of_text is not None
        return phrase if not needed and named else None

    def _read_left(self, paragraph: int, phrase: _Phrase, sentence: Span) -> None:
        doc, index, skipped = phrase.head.doc, phrase.head.i - 1, False
        while index >= max(sentence.start, phrase.head.i - _REACH):
            token = doc[index]
            mention = self._mention(paragraph, token)
            if mention is not None and mention.form is MentionForm.NAME:
                if phrase.of is not None or (self._is_person(mention) and token.i + 1 == phrase.first):
                    return
                phrase.of = mention.referents[0]
                phrase.left = index = mention.first
                phrase.definite = True
            elif token.text in _POSSESSIVE or token.tag_ == "POS":
                if phrase.of is not None:
                    return
                self._read_owner(paragraph, phrase, doc[index - 1] if index > sentence.start else None)
                return
            elif token.tag_ == "PRP$" or token.lower_ == "whose":
                owners = self._antecedent(paragraph, token) if token.lower_ == "whose" else self.actors.at(paragraph, token)
                phrase.other = owners[0][1] if owners else None
                if phrase.of is None and phrase.other is not None and self._can_own(phrase.head, phrase.other):
                    phrase.of = phrase.other
                phrase.left, phrase.definite = index, True
                return
            elif token.dep_ == "det" or token.lower_ in {"the", "a", "an", "another"}:
                phrase.left, phrase.definite = index, True
                return
            elif token.lower_ in self.words.former:
                phrase.former, phrase.left = True, index
                phrase.over = phrase.over or token.lower_ not in self.words.still
            elif token.text == "-" and not token.whitespace_ and self._joins(token, phrase) and not skipped:
                index -= 1
                phrase.words = [f"{doc[index].text}-{phrase.words[0]}", *phrase.words[1:]]
                phrase.first = phrase.left = index
            elif self._belongs(token, phrase) and not skipped:
                phrase.words = [token.text, *phrase.words]
                phrase.first = phrase.left = index
            elif (token.pos_ in {"ADJ", "NUM", "NOUN", "ADV"} and token.head == phrase.head) or token.text == "-":
                # "the 35-year-old head of": says something of the bearer, not of the office.
                skipped = True
            else:
                return
            index -= 1

    def _joins(self, hyphen: Token, phrase: _Phrase) -> bool:
        """Whether a hyphen is inside the title: "Secretary-General", "foreign-policy chief", but not "far-right lawmaker"."""
        before = hyphen.doc[hyphen.i - 1]
        if phrase.of is not None or hyphen.i + 1 != phrase.first or before.whitespace_:
            return False
        return before.lower_ in self.words.adjectives or before.lower_ in self.words.heads

    def _belongs(self, token: Token, phrase: _Phrase) -> bool:
        if phrase.of is not None or token.i + 1 != phrase.first or token.text == "-":
            return False
        hyphenated = token.i > 1 and token.nbor(-1).text == "-" and not token.nbor(-1).whitespace_
        if hyphenated and token.nbor(-2).lower_ not in self.words.adjectives | self.words.heads | self.words.former:
            return False
        if token.lower_ in self.words.adjectives:
            return True
        return (
            token.pos_ in {"NOUN", "PROPN"}
            and token.dep_ in {"compound", "nmod", "amod"}
            and token.lower_ not in self.words.former
        )

    def _read_owner(self, paragraph: int, phrase: _Phrase, owner: Token | None) -> None:
        """ "Turkey's", "the city's", "the Turkish president's" before a title."""
        phrase.definite = True
        if owner is None:
            return
        phrase.left = owner.left_edge.i
        found = self.actors.at(paragraph, owner) or self.actors.owners(paragraph, owner)
        if found and self._can_own(phrase.head, found[0][1]) and self._is_sure(found[0][0]):
            phrase.of = phrase.other = found[0][1]
            phrase.left = min(phrase.left, self.actors.mentions[found[0][0]].first)
        else:
            phrase.of_text = _surface(owner)

    def _can_own(self, head: Token, owner: int) -> bool:
        """Whether the referent can have such an office: a minister is a country's or, by his head of government, a person's."""
        referent = self.actors.referents[owner]
        if referent.nameless:
            return False
        return head.lemma_.lower() not in self.words.of_states or referent.kind is not EntityKind.ORGANISATION

    def _is_sure(self, mention: int) -> bool:
        """Whether a mention surely means its referent: "the ministry" rarely means the body named last."""
        found = self.actors.mentions[mention]
        return (
            found.form is not MentionForm.NOMINAL or self.actors.referents[found.referents[0]].kind is not EntityKind.ORGANISATION
        )

    def _antecedent(self, paragraph: int, relative: Token) -> tuple[tuple[int, int], ...]:
        """Whom "whose" means: who or what is named right before it."""
        index = relative.i - 1
        while index > 0 and relative.doc[index].text == ",":
            index -= 1
        return self.actors.at(paragraph, relative.doc[index]) if index >= 0 else ()

    def _read_right(self, paragraph: int, phrase: _Phrase) -> None:
        doc = phrase.head.doc
        for tail in self.tails:
            following = doc[phrase.right : phrase.right + len(tail)]
            if [t.lower_ for t in following] == tail and not self.actors.is_name(paragraph, following[-1]):
                phrase.words.extend(t.text for t in following)
                phrase.right = following.end
                break
        while phrase.right + 1 < len(doc):
            preposition = doc[phrase.right]
            if preposition.lower_ not in self.words.of | self.words.sent or preposition.pos_ not in {"ADP", "PART"}:
                return
            target = next((child for child in preposition.children if child.dep_ == "pobj" and child.i > preposition.i), None)
            if target is None:
                target = doc[phrase.right + 1]
                if not self.actors.is_name(paragraph, target):
                    return
            found, text, end = self._body(paragraph, preposition, target)
            if preposition.lower_ in self.words.sent:
                phrase.sent_to, phrase.sent_to_text = found, text
            elif preposition.lower_ == "of" or (phrase.of is None and phrase.of_text is None):
                phrase.of, phrase.of_text = found, text
            phrase.right = end

    def _body(self, paragraph: int, preposition: Token, target: Token) -> tuple[int | None, str | None, int]:
        """What stands behind the preposition, as a referent or as words, and where it ends: a name after it is the bearer's."""
        doc = preposition.doc
        first = preposition.i + 1
        while first < target.i and doc[first].dep_ in {"det", "poss"} and not self.actors.is_name(paragraph, doc[first]):
            first += 1
        for index in range(first, target.i + 1):
            mention = self._mention(paragraph, doc[index])
            if mention is None or mention.form is not MentionForm.NAME:
                continue
            if not self._is_person(mention):
                # A name that only describes the body ("the American forces") leaves it in words.
                return (None, _surface(target), target.i + 1) if mention.demonym else (mention.referents[0], None, mention.last)
            if index > first and doc[index - 1].lemma_.lower() not in self.words.heads | self.words.ranks:
                return None, doc[first:index].text, index
            return mention.referents[0], None, mention.last
        number = self.actors.mention_at(paragraph, target)
        mention = None if number is None else self.actors.mentions[number]
        if (
            number is not None
            and mention is not None
            and self._is_sure(number)
            and not self.actors.referents[mention.referents[0]].nameless
        ):
            return mention.referents[0], None, mention.last
        return None, _surface(target), target.i + 1

    # -- the bearer ----------------------------------------------------------------------------------------------------------

    def _bearers(self, paragraph: int, phrase: _Phrase) -> list[int]:
        doc = phrase.head.doc
        if phrase.right < len(doc) and doc[phrase.right].text in _POSSESSIVE:
            return []
        plural = phrase.head.tag_ in {"NNS", "NNPS"}
        after = self._person_from(paragraph, doc, phrase.right)
        if after is not None:
            if plural:
                phrase.of = phrase.of_text = None
                return self._listed(paragraph, doc, after)
            self._read_after_name(paragraph, phrase, after)
            return [after.referents[0]]
        if plural:
            return []
        if phrase.right < len(doc) and doc[phrase.right].text == "," and phrase.definite:
            after = self._person_from(paragraph, doc, phrase.right + 1)
            if after is not None and _is_apposition(doc[after.first : after.last], phrase.head):
                return [after.referents[0]]
        before = self._person_before(paragraph, doc, phrase)
        if before is None:
            before = self._by_dependency(paragraph, phrase)
        return [] if before is None else [before]

    def _listed(self, paragraph: int, doc: Doc, name: ResolvedMention) -> list[int]:
        """The people of "Presidents Putin and Xi", from the first name on."""
        found = [name.referents[0]]
        index = name.last
        while index + 1 < len(doc) and doc[index].text in {",", "and"}:
            following = self._person_from(paragraph, doc, index + 1)
            if following is None:
                break
            found.append(following.referents[0])
            index = following.last
        return found

    def _person_from(self, paragraph: int, doc: Doc, index: int) -> ResolvedMention | None:
        """The person named at `index`, ranks and honorifics in between not counted."""
        for position in range(index, min(index + _LONGEST_GAP, len(doc))):
            mention = self._mention(paragraph, doc[position])
            if mention is not None and not all(t.lower_ in self.words.ranks for t in doc[mention.first : mention.last]):
                named = mention.form is MentionForm.NAME and self._is_person(mention)
                return mention if named and mention.first <= position else None
            if doc[position].lower_ not in self.words.ranks:
                return None
        return None

    def _read_after_name(self, paragraph: int, phrase: _Phrase, name: ResolvedMention) -> None:
        """ "President Jiang Zemin of China"."""
        doc = phrase.head.doc
        if phrase.of is None and name.last + 1 < len(doc) and doc[name.last].lower_ == "of":
            for position in range(name.last + 1, min(name.last + 3, len(doc))):
                mention = self._mention(paragraph, doc[position])
                if mention is not None and mention.form is MentionForm.NAME and not self._is_person(mention):
                    phrase.of = mention.referents[0]
                    return

    def _person_before(self, paragraph: int, doc: Doc, phrase: _Phrase) -> int | None:
        """ "Macron, the French president": the name before the comma, an age in between not counted."""
        index = phrase.left - 1
        if index < 1 or doc[index].text != ",":
            return None
        if phrase.head.dep_ in {"nsubj", "nsubjpass"} and phrase.right < len(doc) and doc[phrase.right].pos_ in {"VERB", "AUX"}:
            # "President Bush, a spokesman said": not he is the spokesman.
            return None
        if doc[index - 1].like_num and index > 2 and doc[index - 2].text == ",":
            index -= 2
        mention = self._mention(paragraph, doc[index - 1])
        if mention is None or mention.form is not MentionForm.NAME or not self._is_person(mention) or mention.last != index:
            return None
        return mention.referents[0]

    def _by_dependency(self, paragraph: int, phrase: _Phrase) -> int | None:
        head = phrase.head
        if head.dep_ == "attr" and head.head.lemma_.lower() in self.words.copulas:
            if any(child.dep_ == "neg" or (child.dep_ == "aux" and child.tag_ == "MD") for child in head.head.children):
                # Who will or could become president is none.
                return None
            subjects = [child for child in head.head.children if child.dep_ == "nsubj"]
            return next((p for subject in subjects for p in self._people(paragraph, subject)), None)
        if head.dep_ == "appos" and not any(child.dep_ == "conj" for child in head.children):
            return next((p for p in self._people(paragraph, head.head)), None)
        return None

    def _people(self, paragraph: int, token: Token) -> list[int]:
        return [r for _, r in self.actors.at(paragraph, token) if self._is_named_person(r)]

    # -- mentions ------------------------------------------------------------------------------------------------------------

    def _mention(self, paragraph: int, token: Token) -> ResolvedMention | None:
        number = self.actors.mention_at(paragraph, token)
        return None if number is None else self.actors.mentions[number]

    def _is_person(self, mention: ResolvedMention) -> bool:
        return self._is_named_person(mention.referents[0])

    def _is_named_person(self, number: int) -> bool:
        referent = self.actors.referents[number]
        return referent.kind is EntityKind.PERSON and not referent.nameless


def _is_apposition(name: Span, head: Token) -> bool:
    """Whether the name after "the French president, " renames the title and does not go on with a list."""
    root = name.root
    if (root.dep_ == "appos" and root.head == head) or (head.dep_ == "appos" and head.head == root):
        return True
    following = name.doc[name.end].text if name.end < len(name.doc) else "."
    return root.dep_ != "conj" and following not in {"and", "or", "'s", "’s"}


def _surface(token: Token) -> str | None:
    """The words of the phrase that `token` heads, without what follows it and without an article; None where it names nothing."""
    if token.pos_ not in {"NOUN", "PROPN"}:
        return None
    start = min(token.left_edge.i, token.i)
    while start < token.i and token.doc[start].dep_ in {"det", "predet", "punct"}:
        start += 1
    return token.doc[start : token.i + 1].text
