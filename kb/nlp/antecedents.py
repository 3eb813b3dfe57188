"""Whom a pronoun may mean, and what speaks for each: everybody mentioned so far, scored by weighted features."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from spacy.tokens import Token

from kb.domain.entity import EntityKind, MentionForm
from kb.nlp.antecedent_weights import WEIGHTS
from kb.nlp.cast import Cast, Spot

NOBODY: Final[tuple[int, ...]] = ()
# How many sentences back somebody may be meant; further back the right answer was rarer than a wrong one.
_REACH: Final = 6
_SUBJECTS: Final = frozenset({"nsubj", "nsubjpass"})
_EXPLETIVE_VERBS: Final = frozenset({"be", "seem", "appear", "remain", "take", "become", "happen", "make", "mean"})
_CLAUSES: Final = frozenset({"ccomp", "xcomp", "advcl", "csubj"})
_VERBAL: Final = frozenset({"VERB", "AUX"})


@dataclass(frozen=True, slots=True)
class Pronoun:
    """A pronoun to be resolved: its class ("he", "she", "it", "they"), where it stands, and the verbs above it."""

    word: str
    token: Token
    paragraph: int
    sentence: int
    quoted: bool
    verbs: tuple[int, ...]


class Antecedents:
    """Scores whom pronouns of one article mean; who was found for one counts for the next."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._pronouns_of: dict[tuple[int, ...], Counter[str]] = {}

    def choose(self, word: str, paragraph: int, token: Token) -> tuple[int, ...]:
        """The referents that a pronoun of class `word` means; empty where nobody is meant."""
        pronoun = self._describe(word, paragraph, token)
        weights = WEIGHTS[word]
        best, most = NOBODY, float("-inf")
        for referents, features in self.list_candidates(pronoun):
            score = sum(weights.get(feature, 0.0) for feature in features)
            if score > most:
                best, most = referents, score
        if best:
            self._pronouns_of.setdefault(best, Counter())[word] += 1
        return best

    def list_candidates(self, pronoun: Pronoun) -> Iterator[tuple[tuple[int, ...], list[str]]]:
        """Everybody who may be meant, the latest mentioned first, with what is to be said of him; nobody last."""
        acting = self._acting(pronoun)
        seen: dict[tuple[int, ...], list[Spot]] = {}
        for spot in reversed(self._cast.spots):
            if spot.sentence and pronoun.sentence - spot.sentence > _REACH:
                break
            seen.setdefault(spot.referents, []).append(spot)
        rank = 0
        for referents, spots in seen.items():
            if acting & set(referents) or not self._may_be(pronoun.word, referents):
                continue
            yield referents, self._features(pronoun, referents, spots, rank)
            rank += 1
        for referents, spot in self._announced(pronoun):
            if referents not in seen and not acting & set(referents) and self._may_be(pronoun.word, referents):
                yield referents, [*self._features(pronoun, referents, [spot], rank), "ahead"]
                break
        yield NOBODY, list(_describe_nobody(pronoun))

    def _describe(self, word: str, paragraph: int, token: Token) -> Pronoun:
        sentence, quoted = self._cast.place(paragraph, token)
        verbs = tuple(t.i for t in token.ancestors if t.pos_ in _VERBAL)
        return Pronoun(word, token, paragraph, sentence, quoted, verbs)

    def _may_be(self, word: str, referents: tuple[int, ...]) -> bool:
        """Kinds that a class of pronouns never means are no candidates."""
        kinds = {self._cast.kind(r) for r in referents}
        if word in {"he", "she"}:
            return len(referents) == 1 and kinds == {EntityKind.PERSON} and not set(referents) & self._cast.plural
        if word == "it":
            return len(referents) == 1 and EntityKind.PERSON not in kinds
        return len(referents) > 1 or EntityKind.PERSON not in kinds

    def _features(self, pronoun: Pronoun, referents: tuple[int, ...], spots: Sequence[Spot], rank: int) -> list[str]:
        latest = spots[0]
        kind = self._kind(referents)
        in_title = latest.sentence == 0 and latest.paragraph != pronoun.paragraph
        away = _REACH if in_title else pronoun.sentence - latest.sentence
        role = _role(latest.token)
        inside = "q" if pronoun.quoted else ""
        found = [
            f"kind {kind}",
            f"away {min(away, 4)}",
            f"rank {min(rank, 4)}",
            f"role {role} {min(away, 2)}",
            f"form {latest.form.value}",
            f"often {min(len(spots), 4)}",
            f"quote {inside}{'q' if latest.quoted else ''} {min(away, 1)}",
        ]
        named = sum(self._cast.named_so_far[r] for r in referents) / len(referents)
        found.append("named 0" if not named else "named 1" if named < 2 else "named 2" if named < 5 else "named 5")
        subject = latest.token.dep_ in _SUBJECTS
        if away == 0:
            if subject and latest.paragraph == pronoun.paragraph and latest.token.head.i in pronoun.verbs:
                nearest = pronoun.verbs[:1] == (latest.token.head.i,)
                found.append(f"my subject {pronoun.token.dep_ == 'poss'}" if nearest else "over me")
            elif latest.token.dep_ == "poss" and latest.paragraph == pronoun.paragraph:
                found.append("owner beside")
        elif away == 1:
            if any(s.token.dep_ in _SUBJECTS and s.token.head.dep_ == "ROOT" for s in spots if s.sentence == latest.sentence):
                found.append("main subject before")
            if pronoun.token.dep_ in _SUBJECTS and subject:
                found.append("parallel")
        if self._cast.kind(referents[0]) is EntityKind.PERSON and len(referents) == 1:
            found.append(f"gender {self._cast.gender(referents[0])}")
        called = self._pronouns_of.get(referents)
        if called:
            found.append("called so" if called[pronoun.word] else "called else")
            if called[pronoun.word] and latest.form is MentionForm.PRONOUN:
                found.append(f"just called so {min(away, 2)}")
        if all(s.demonym for s in spots):
            found.append("only adjective")
        return found

    def _kind(self, referents: tuple[int, ...]) -> str:
        first = self._cast.referents[referents[0]]
        if len(referents) > 1:
            return f"{first.kind.value} several"
        if first.nameless:
            return f"{first.kind.value} nameless {'plural' if first.number in self._cast.plural else 'single'}"
        return str(first.kind.value)

    def _announced(self, pronoun: Pronoun) -> Iterator[tuple[tuple[int, ...], Spot]]:
        """Who is named later in the sentence: "In his speech, Putin said"."""
        for name in self._cast.names_of(pronoun.paragraph):
            if name.first > pronoun.token.i and not name.demonym:
                token = pronoun.token.doc[name.first : name.last].root
                if token.dep_ in _SUBJECTS and token.sent == pronoun.token.sent:
                    quoted = self._cast.place(pronoun.paragraph, token)[1]
                    yield name.referents, Spot(name.referents, pronoun.paragraph, token, pronoun.sentence, name.form, quoted)

    def _acting(self, pronoun: Pronoun) -> set[int]:
        """Who does what is done to a pronoun ("phoned Maduro, urging him"): it can't mean them."""
        token = pronoun.token
        if token.dep_ not in {"dobj", "pobj", "iobj", "dative"} or token.lower_.endswith(("self", "selves")):
            return set()
        for above in token.ancestors:
            for child in above.children:
                if child.dep_ == "nsubj" and (acting := self._cast.at_token(pronoun.paragraph, child)):
                    return set(acting)
        return set()


def _role(token: Token) -> str:
    dep = token.dep_
    if dep in _SUBJECTS:
        return "subject"
    if dep in {"dobj", "dative", "iobj"}:
        return "object"
    if dep == "pobj":
        if token.head.dep_ == "agent":
            return "agent"
        return {"of": "of", "in": "place", "at": "place"}.get(token.head.lower_, "preposition")
    if dep in {"poss", "compound", "amod", "nmod", "appos", "conj", "attr"}:
        return dep
    return "other"


def _describe_nobody(pronoun: Pronoun) -> Iterator[str]:
    token = pronoun.token
    head = token.head
    yield "nobody"
    yield f"nobody {token.lower_}"
    yield f"nobody as {_role(token)}"
    if token.lower_ == "it" and token.dep_ in {"nsubj", "nsubjpass", "expl"}:
        clause = any(child.dep_ in _CLAUSES and child.i > head.i for child in head.children)
        verb = head.lemma_ in _EXPLETIVE_VERBS
        yield f"nobody verb {verb} clause {clause}"
        if verb and any(child.dep_ == "acomp" for child in head.children):
            yield "nobody adjective"
