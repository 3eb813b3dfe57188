"""What a name is a name of, by its own words and by what every sentence that uses it says about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from spacy.tokens import Doc, Token

from kb.domain.entity import EntityKind
from kb.domain.mention import NameMention
from kb.nlp.lexicon import Words
from kb.nlp.pipeline import ParsedArticle

_PERSON: Final = EntityKind.PERSON
_ORGANISATION: Final = EntityKind.ORGANISATION
_REGION: Final = EntityKind.REGION
# What each sign is worth in votes; the tagger's own opinion of a mention is worth `_TAGGED`.
_TAGGED: Final = 2.0
_STRONG: Final = 4.0
_FAIR: Final = 2.0
_WEAK: Final = 1.0
# Votes that a word or several need to be a name where the tagger sees none.
_LEAST_OF_ONE: Final = 2.0
_LEAST_OF_SEVERAL: Final = 1.0
# Of kinds that are level the first is taken.
_ORDER: Final = (_ORGANISATION, _PERSON, _REGION)
_SAYS: Final = frozenset(
    {"say", "tell", "add", "ask", "argue", "explain", "recall", "remember", "insist", "reply", "joke", "complain"}
)
_KIN: Final = frozenset(
    {"wife", "husband", "son", "daughter", "brother", "sister", "father", "mother", "aide", "lawyer", "predecessor", "successor"}
)
_Votes: TypeAlias = defaultdict[EntityKind, float]


class Kinds:
    """Settles the kinds of an article's unknown names: one kind for one spelling."""

    def __init__(self, parsed: ParsedArticle, words: Words) -> None:
        self._parsed = parsed
        self._words = words

    def settle(self, names: Sequence[NameMention]) -> list[NameMention]:
        """`names` in their order, those that nobody knows with the kind that most speaks for."""
        votes: defaultdict[str, _Votes] = defaultdict(_no_votes)
        tagged: defaultdict[str, _Votes] = defaultdict(_no_votes)
        for name in names:
            if _is_open(name):
                self._vote(name, votes[name.text])
                if name.kind is not None:
                    tagged[name.text][name.kind] += 1
        full = {part for text in votes if " " in text for part in text.split()}
        for text, counts in votes.items():
            for kind, number in self._own(text).items():
                counts[kind] += number
            for kind, number in tagged[text].items():
                counts[kind] += _TAGGED * number / sum(tagged[text].values())
            if " " not in text and text not in full:
                counts[_PERSON] -= _WEAK
        kinds = {text: self._decide(text, counts, tagged[text]) for text, counts in votes.items()}
        settled = []
        for name in names:
            if not _is_open(name):
                settled.append(name)
            elif (settled_kind := kinds[name.text]) is not None:
                settled.append(replace(name, kind=settled_kind))
        return settled

    def _decide(self, text: str, votes: _Votes, tagged: _Votes) -> EntityKind | None:
        """The kind with most votes; None for what the tagger doesn't take for a name and little speaks for."""
        best = max(_ORDER, key=lambda kind: (votes[kind], tagged[kind]))
        enough = sum(tagged.values()) or votes[best] >= (_LEAST_OF_SEVERAL if " " in text else _LEAST_OF_ONE)
        return best if enough else None

    def _own(self, text: str) -> _Votes:
        """What the words of a name itself say."""
        words = text.split()
        lower = [word.casefold() for word in words]
        lists = self._words
        votes: _Votes = defaultdict(float)
        last = lower[lower.index("of") - 1] if "of" in lower[1:] else lower[-1]
        if len(words) > 1 and (last in lists["organisation_heads"] or lower[-1] in lists["company_suffixes"]):
            votes[_ORGANISATION] += _STRONG + _FAIR
        if len(words) > 1 and ("&" in words or lower[0] in lists["vessel_prefixes"]):
            votes[_ORGANISATION] += _STRONG
        if len(words) > 1 and last in lists["place_heads"]:
            votes[_REGION] += _STRONG + _FAIR
        if len(words) > 1 and lower[0] in lists["place_firsts"]:
            votes[_REGION] += _FAIR
        first = words[0].split("-")[0]
        if len(words) > 1 and first in lists["first_names"]:
            votes[_PERSON] += _STRONG
        if len(words) > 1 and len(first) == 2 and first.endswith("."):
            votes[_PERSON] += _FAIR
        if len(words) > 2 and any(word in lists["particles"] and word not in {"of", "the"} for word in lower[1:-1]):
            votes[_PERSON] += _WEAK
        if len(words) == 1 and text.isupper() and 2 < len(text) < 7:
            votes[_ORGANISATION] += _FAIR
        if len(words) == 1:
            votes[_PERSON] -= _WEAK
        return votes

    def _vote(self, name: NameMention, votes: _Votes) -> None:
        """What one mention and its neighbours say."""
        doc = self._parsed.paragraphs[name.paragraph].doc
        before = doc[name.first - 1] if name.first else None
        after = doc[name.last] if name.last < len(doc) else None
        self._before(doc, name, before, votes)
        if after is not None:
            self._after(doc, name, after, votes)
        root = doc[name.first : name.last].root
        if root.dep_ == "nsubj" and root.head.lemma_ in _SAYS:
            votes[_PERSON] += _FAIR if name.last - name.first > 1 else _WEAK
        if root.dep_ == "dobj" and root.head.lemma_ in self._words["place_verbs"]:
            votes[_REGION] += _FAIR
        if root.dep_ == "appos":
            self._noun(root.head, votes)

    def _before(self, doc: Doc, name: NameMention, before: Token | None, votes: _Votes) -> None:
        if before is None:
            return
        word = before.lower_
        lists = self._words
        single = name.last - name.first == 1
        if word in {"in", "near", "outside", "into"}:
            votes[_REGION] += _STRONG if word == "near" or single else _FAIR
            if word == "in":
                votes[_PERSON] -= _FAIR
        elif word in {"from", "at", "around", "across", "to", "of", "on"}:
            out_of = word == "of" and name.first > 1 and doc[name.first - 2].lower_ == "out"
            votes[_REGION] += _FAIR if word == "at" or out_of else _WEAK
            if word == "of" and name.first > 1 and doc[name.first - 2].lower_ in lists["place_nouns"]:
                votes[_REGION] += _STRONG
        elif word == "the":
            votes[_PERSON] -= _STRONG
        elif word in lists["ranks"]:
            votes[_PERSON] += _STRONG
        else:
            self._noun(before, votes)

    def _after(self, doc: Doc, name: NameMention, after: Token, votes: _Votes) -> None:
        word = after.lower_
        if word in {"'s", "’s"} and name.last + 1 < len(doc) and doc[name.last + 1].lower_ in _KIN:
            votes[_PERSON] += _FAIR
        elif word == "who":
            votes[_PERSON] += _STRONG
        elif word in {",", "("} and name.last + 1 < len(doc):
            following = doc[name.last + 1]
            if following.like_num and following.text.isdigit() and len(following) == 2 and word == ",":
                votes[_PERSON] += _STRONG
            elif following.lower_ in {"who", "whose"}:
                votes[_PERSON] += _STRONG if following.lower_ == "who" else _WEAK
            elif following.lower_ in {"which", "where"}:
                votes[_PERSON] -= _FAIR
                if following.lower_ == "where":
                    votes[_REGION] += _STRONG
            else:
                self._apposition(following, doc, votes)
        elif after.text[0].islower():
            if word in self._words["place_nouns"]:
                votes[_REGION] += _STRONG
                votes[_PERSON] -= _FAIR
            elif word in self._words["organisation_nouns"]:
                votes[_ORGANISATION] += _FAIR

    def _apposition(self, following: Token, doc: Doc, votes: _Votes) -> None:
        """ ", a lawyer", ", the capital of": the first noun of what follows a comma."""
        if following.lower_ not in {"a", "an", "the", "his", "her", "its", "their", "one", "another"} and following.pos_ not in {
            "ADJ",
            "NOUN",
        }:
            return
        for token in doc[following.i : following.i + 7]:
            if token.text in {",", ".", "of", "in", "who", "which", "that"} or token.pos_ == "VERB":
                return
            if token.pos_ == "NOUN" and (token.i + 1 == len(doc) or doc[token.i + 1].pos_ != "NOUN"):
                self._noun(token, votes)
                return

    def _noun(self, noun: Token, votes: _Votes) -> None:
        word = noun.lower_
        for kind, listed in ((_PERSON, "person_nouns"), (_REGION, "place_nouns"), (_ORGANISATION, "organisation_nouns")):
            if word in self._words[listed]:
                votes[kind] += _STRONG


def _no_votes() -> _Votes:
    return defaultdict(float)


def _is_open(name: NameMention) -> bool:
    """Whether nobody knows the name and no pattern has made it ("Russian parliament")."""
    return not name.candidates and name.country is None
