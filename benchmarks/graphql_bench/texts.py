"""What the articles of the invented knowledge base say: one sentence a claim, so that offsets are what the store expects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.graphql_bench.world import World
from kb.domain.claim import Role
from kb.domain.span import Span
from kb.ontology.loader import load_ontology

_ABOUT: Final = (
    "over the border dispute", "after weeks of talks", "before the summit", "in an address to parliament", "at short notice",
    "following a report on gas supplies", "amid growing pressure from its allies", "according to two officials",
    "in spite of an earlier agreement", "as winter came closer", "during a visit to the region", "without giving any reason",
)  # fmt: skip
_SAID: Final = (
    "a spokesman said on Monday", "state television reported", "diplomats told reporters on Friday", "the agency said at night",
    "people familiar with the matter said", "a statement said", "the government said in the evening", "witnesses said",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A claim in the text of its article. `named` is where the text names each participant and the speaker."""

    claim: int
    sentence: Span
    trigger: Span
    named: tuple[tuple[Role, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """An article: paragraphs of a few sentences each."""

    title: str
    text: str
    paragraphs: tuple[tuple[int, int], ...]
    told: tuple[Told, ...]


class Reporter:
    """Writes the articles of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        types = load_ontology().event_types
        self._verbs: Final = [types[name].label for name in world.types]

    def write(self, article: int) -> Text:
        """The article's text, always the same."""
        claims = self._world.claims_of_articles[article].tolist()
        title = self._title(article, claims)
        pieces = [title, "\n\n"]
        length = len(title) + 2
        paragraphs = [(0, len(title))]
        told: list[Told] = []
        begin = length
        for number, claim in enumerate(claims):
            written, said = self._sentence(claim, length)
            told.append(said)
            pieces.append(written)
            length += len(written)
            last = number == len(claims) - 1
            if last or number % 4 == 3:
                paragraphs.append((begin, length))
                pieces.append("" if last else "\n\n")
                length += len(pieces[-1])
                begin = length
            else:
                pieces.append(" ")
                length += 1
        return Text(title, "".join(pieces), tuple(paragraphs), tuple(told))

    def _title(self, article: int, claims: Sequence[int]) -> str:
        if not claims:
            return f"Nothing new, day {article}"
        event = int(self._world.claim_event[claims[0]])
        names = [self._world.entities[entity].name for _, entity in self._world.roles(event)]
        return f"{names[0]} {self._verbs[int(self._world.event_type[event])]} {', '.join(names[1:]) or 'nobody'} ({article})"

    def _sentence(self, claim: int, start: int) -> tuple[str, Told]:
        world = self._world
        event, variant = int(world.claim_event[claim]), int(world.claim_variant[claim])
        roles = world.roles(event)
        speaker = int(world.claim_speaker[claim])
        text = ""
        named: list[tuple[Role, int, int, int]] = []
        for role, entity in self._of(roles, Role.SUBJECT):
            text += " and " if text else ""
            named.append(self._named(role, entity, start + len(text)))
            text += world.entities[entity].name
        text += " "
        verb = self._verbs[int(world.event_type[event])]
        trigger = Span(start + len(text), start + len(text) + len(verb), verb)
        text += verb
        for number, (role, entity) in enumerate(self._of(roles, Role.OBJECT)):
            text += " and " if number else " "
            named.append(self._named(role, entity, start + len(text)))
            text += world.entities[entity].name
        text += f" {_ABOUT[variant % len(_ABOUT)]}, "
        if speaker >= 0:
            named.append(self._named(Role.SPEAKER, speaker, start + len(text)))
            text += f"{world.entities[speaker].name} said."
        else:
            text += f"{_SAID[variant // 16 % len(_SAID)]}."
        return text, Told(claim, Span(start, start + len(text), text), trigger, tuple(named))

    @staticmethod
    def _of(roles: Sequence[tuple[Role, int]], wanted: Role) -> Iterator[tuple[Role, int]]:
        return ((role, entity) for role, entity in roles if role is wanted)

    def _named(self, role: Role, entity: int, start: int) -> tuple[Role, int, int, int]:
        return role, entity, start, start + len(self._world.entities[entity].name)
