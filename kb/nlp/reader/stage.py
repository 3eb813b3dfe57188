"""Sets the stage for the reader: what rules say of an article's triggers, participants and quotes, by positions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.domain.claim import Modality
from kb.domain.entity import MentionForm
from kb.domain.mention import NameMention, Referent, ResolvedMention
from kb.nlp.arguments import Pairs
from kb.nlp.attribution import Attribution
from kb.nlp.extract import Found, find_by_rules
from kb.nlp.lexicon import Lexicon, Words
from kb.nlp.modality import find_modality
from kb.nlp.people import Actors
from kb.nlp.pipeline import ParsedArticle, Sentence
from kb.nlp.reader.candidates import find_candidates
from kb.nlp.reader.columns import RuleTrigger, describe_names, describe_triggers
from kb.nlp.reader.participants import Scene
from kb.nlp.reader.row import Numbers, Row
from kb.ontology.model import EventType, Ontology


@dataclass(frozen=True, slots=True)
class Stage:
    """An article ready to be read: its names and scene, the columns of its tokens, and what rules found by position and type."""

    names: tuple[NameMention, ...]
    scene: Scene
    columns: Numbers
    rules: Mapping[tuple[int, str], Found]

    def sentence_of(self, position: int) -> Sentence:
        """The sentence in which a position stands."""
        row = self.scene.row
        return row.parsed.sentence(row.paragraph[position], row.tokens[position])

    def find_modality(self, position: int, event_type: EventType, words: Words) -> Modality:
        """How rules would put a claim of that type at a position."""
        rule = self.rules.get((position, event_type.id))
        return rule.draft.modality if rule is not None else find_modality(self.scene.row.tokens[position], words, event_type)


def set_stage(
    parsed: ParsedArticle,
    names: Sequence[NameMention],
    referents: Sequence[Referent],
    mentions: Sequence[ResolvedMention],
    lexicon: Lexicon,
    ontology: Ontology,
) -> Stage:
    """The stage of an article whose names and references rules have resolved."""
    row = Row.of(parsed)
    candidates = find_candidates(row, referents, mentions)
    heads = {number: head for head, numbers in candidates.mentions.items() for number in numbers}
    actors = Actors(referents, mentions)
    attribution = Attribution(parsed, actors, lexicon.speech)
    triggers: dict[int, list[RuleTrigger]] = defaultdict(list)
    rules: dict[tuple[int, str], Found] = {}
    for found in find_by_rules(parsed, actors, attribution, lexicon, ontology):
        draft = found.draft
        position = row.position(found.told.sentence[0], found.told.token.i)
        sides = (_heads(pairs, heads) for pairs in (draft.subjects, draft.objects, draft.speakers))
        triggers[position].append(RuleTrigger(draft.type, draft.modality, *sides))
        rules.setdefault((position, draft.type), found)
    quotes = {
        row.position(quote.paragraph, token.i): _heads(quote.speakers, heads)
        for quote in attribution.quotes
        if quote.speakers
        for token in parsed.paragraphs[quote.paragraph].tokens(quote.start, quote.end)
    }
    by_position = {position: tuple(found) for position, found in triggers.items()}
    named = [mention for mention in mentions if mention.form is MentionForm.NAME]
    described = describe_names(row, names, referents, named)
    columns = describe_triggers(row, described, by_position, tuple(ontology.event_types))
    return Stage(tuple(names), Scene(row, candidates, by_position, quotes), columns, rules)


def _heads(pairs: Pairs, heads: Mapping[int, int]) -> frozenset[int]:
    return frozenset(heads[mention] for mention, _ in pairs)
