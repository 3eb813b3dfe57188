"""Whom each head of an article means, by what rules found and the network's antecedents."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from kb.domain.entity import EntityKind, MentionForm
from kb.domain.mention import Referent, ResolvedMention
from kb.nlp.reader.candidates import Candidates, Form, is_plural, phrases
from kb.nlp.reader.row import Floats, Numbers, Row

# How likely the best antecedent of a pronoun must be to be preferred over what rules say.
_LEAST_PRONOUN: Final = 0.1
# A relative pronoun's antecedent by rules stands in its own clause; the network must clearly disagree to overrule it.
_RELATIVE: Final = frozenset({"who", "which", "whom", "whose"})
_LEAST_RELATIVE: Final = 0.25
# A plural means all of those whose share of its chance is at least this part of the largest share.
_EVEN: Final = 0.4
_LEAST_SEVERAL: Final = 0.1
_NEGLIGIBLE: Final = 0.01
_DEEPEST: Final = 6


class Meant:
    """Answers for one article.

    `antecedents` leads from a head to (antecedent heads, chances), the first chance being that of nobody before.
    """

    def __init__(self, row: Row, candidates: Candidates, antecedents: Mapping[int, tuple[Numbers, Floats]]) -> None:
        self._row = row
        self._candidates = candidates
        self._antecedents = antecedents
        self._answers: dict[int, tuple[int, ...]] = {}
        self._sureness: dict[int, Mapping[int, float]] = {}
        self._referents = list(candidates.referents)
        self._by_phrase: dict[str, int] = {}
        self._frequency = Counter(r for head in candidates.mentions for r in candidates.of(head))

    @property
    def referents(self) -> tuple[Referent, ...]:
        """All referents, those included that no rule saw."""
        return tuple(self._referents)

    @property
    def answers(self) -> Mapping[int, tuple[int, ...]]:
        """The referents of all heads that have been asked for."""
        return self._answers

    def at(self, head: int) -> tuple[int, ...]:
        """The referents meant at `head`; empty for a pronoun that means nobody known."""
        return self._resolve(head, 0)

    def by_rules(self, head: int) -> tuple[int, ...]:
        """The referents that rules see at `head`, names before others."""
        return self._candidates.named(head) or self._candidates.of(head)

    def form(self, head: int) -> Form:
        """What stands at `head`."""
        return self._candidates.form(self._row, head)

    def is_nameless(self, referent: int | None) -> bool:
        """Whether the referent bears no name."""
        return referent is not None and self._referents[referent].nameless

    def frequency(self, referent: int) -> int:
        """How often rules see the referent mentioned."""
        return self._frequency[referent]

    def sureness(self, head: int, referent: int) -> float:
        """How sure it is that `head` means the referent: 1 for names, else the share of its antecedents that do."""
        if self._candidates.named(head) or head not in self._antecedents:
            return 1.0
        heads, chances = self._antecedents[head]
        if head not in self._candidates.mentions and self.is_nameless(referent):
            return float(chances[0])
        if head not in self._sureness:
            sure: defaultdict[int, float] = defaultdict(float)
            for antecedent, chance in zip(heads.tolist(), chances[1:].tolist(), strict=True):
                for each in set(self.at(antecedent)):
                    sure[each] += chance
            self._sureness[head] = sure
        return self._sureness[head].get(referent, 0.0)

    def mention(self, head: int) -> ResolvedMention:
        """The mention at `head`, whose referents are those of `at`."""
        referents = self.at(head)
        for number in self._candidates.mentions.get(head, ()):
            found = self._candidates.resolved[number]
            if found.form is MentionForm.NAME or found.referents == referents:
                return found
        for number in self._candidates.mentions.get(head, ()):
            return replace(self._candidates.resolved[number], referents=referents)
        paragraph = self._row.paragraph[head]
        index = head - self._row.first[paragraph]
        token = self._row.tokens[head]
        start = self._row.parsed.offset(paragraph, token)
        form = MentionForm.PRONOUN if self.form(head) is Form.PRONOUN else MentionForm.NOMINAL
        return ResolvedMention(paragraph, index, index + 1, start, start + len(token), token.text, form, referents)

    def _resolve(self, head: int, depth: int) -> tuple[int, ...]:
        if head in self._answers:
            return self._answers[head]
        # Whoever asks again while this is being answered goes round in a circle.
        self._answers[head] = ()
        answer = self._candidates.named(head) or self._guess(head, depth)
        if not answer and self.form(head) is not Form.PRONOUN:
            answer = (self._nameless(head),)
        self._answers[head] = answer
        return answer

    def _guess(self, head: int, depth: int) -> tuple[int, ...]:
        rules = self._candidates.of(head)
        if head not in self._antecedents:
            return rules
        heads, chances = self._antecedents[head]
        mass: defaultdict[tuple[int, ...], float] = defaultdict(float)
        for antecedent, chance in zip(heads.tolist(), chances[1:].tolist(), strict=True):
            if chance > _NEGLIGIBLE and depth < _DEEPEST and (found := self._resolve(antecedent, depth + 1)):
                mass[found] += chance
        several = self._several(head, mass) if sum(mass.values()) > chances[0] else ()
        if len(several) > 1:
            return several
        if len(rules) > 1:
            return rules
        best = max(mass, key=lambda each: mass[each], default=())
        likely = mass[best] if best else 0.0
        if self.form(head) is Form.PRONOUN:
            if rules and self._row.tokens[head].lower_ in _RELATIVE:
                return rules if mass[rules] > _LEAST_RELATIVE else best
            return best if likely > _LEAST_PRONOUN else rules
        return best if best and likely > chances[0] else rules

    def _several(self, head: int, mass: Mapping[tuple[int, ...], float]) -> tuple[int, ...]:
        """The referents among whom a plural shares its chance about evenly, in the order of the text's numbers."""
        if not is_plural(self._row, head):
            return ()
        shares: defaultdict[int, float] = defaultdict(float)
        for found, chance in mass.items():
            for referent in found:
                shares[referent] += chance
        most = max(shares.values(), default=0.0)
        if most < _LEAST_SEVERAL:
            return ()
        return tuple(sorted(referent for referent, share in shares.items() if share >= _EVEN * most))

    def _nameless(self, head: int) -> int:
        """An actor that no rule saw: the same where the phrase is the same."""
        called = phrases(self._row, head)
        key = called[min(1, len(called) - 1)].lower()
        number = self._by_phrase.get(key)
        if number is None:
            number = self._by_phrase[key] = len(self._referents)
            bare = called[min(1, len(called) - 1)]
            self._referents.append(
                Referent(number, EntityKind.ORGANISATION, bare, None, called, 0.4, "an actor without a name", nameless=True)
            )
        else:
            known = self._referents[number]
            self._referents[number] = replace(known, surfaces=tuple(dict.fromkeys((*known.surfaces, *called))))
        return number
