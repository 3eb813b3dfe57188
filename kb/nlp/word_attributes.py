"""Part of speech, morphology and lemma of tokens as spaCy's rules give them, looked up instead of matched token by token.

The attribute ruler tries some 170 patterns on every token, which took a fifth of the time of a pipeline. Nearly all of them look
at one token alone, so what they and the lemmatizer after them come to is a function of word, tag and dependency, and news has few
of these. What has not been met yet is worked out by spaCy's own components, and so is what depends on the neighbours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias, cast

from spacy.language import Language
from spacy.matcher import Matcher
from spacy.pipeline import AttributeRuler, Lemmatizer
from spacy.tokens import Doc, Token
from spacy.tokens._retokenize import set_token_attrs

from kb.errors import ConfigError

_RULER: Final = "attribute_ruler"
_LEMMATIZER: Final = "lemmatizer"
_NAME: Final = "kb_word_attributes"
# What word, tag and dependency say of a token; a pattern that asks for anything else is matched where the token stands.
_OF_THE_TOKEN: Final = frozenset({"TAG", "DEP", "LOWER", "ORTH", "TEXT", "IS_SPACE"})
# A long run over many texts must not grow without end; what is frequent comes back at once.
_MOST: Final = 100_000

_Key: TypeAlias = tuple[int, ...]
_Rules: TypeAlias = tuple[int, ...]
_Known: TypeAlias = tuple[dict[int, int], int]


class WordAttributes:
    """A component that sets what an attribute ruler and a rule lemmatizer after it would set."""

    def __init__(self, ruler: AttributeRuler, lemmatizer: Lemmatizer) -> None:
        self._ruler = ruler
        self._lemmatizer = lemmatizer
        self._alone = Matcher(ruler.vocab)
        self._among_others = Matcher(ruler.vocab)
        for number in range(len(ruler.attrs)):
            _, patterns = ruler.matcher.get(str(number))
            for pattern in patterns:
                alone = len(pattern) == 1 and pattern[0].keys() <= _OF_THE_TOKEN
                (self._alone if alone else self._among_others).add(str(number), [pattern])
        self._known: dict[_Key, _Known] = {}

    def __call__(self, doc: Doc) -> Doc:
        """`doc` with its tokens' attributes set; their tags and dependencies must be there."""
        keys = map(tuple, doc.to_array(["ORTH", "TAG", "DEP"]).tolist())
        further = self._match_neighbours(doc) if len(doc) and len(self._among_others) else {}
        for token, key in zip(doc, keys, strict=True):
            known = self._known.get(key)
            if token.i in further:
                self._set(token, tuple(sorted({*self._match_alone(token), *further[token.i]})))
            elif known is not None:
                attributes, lemma = known
                set_token_attrs(token, attributes)
                token.lemma = lemma
            else:
                self._remember(key, self._set(token, self._match_alone(token)))
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """The documents in their order, with their tokens' attributes set."""
        return map(self, stream)

    def _remember(self, key: _Key, found: _Known) -> None:
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = found

    def _match_alone(self, token: Token) -> _Rules:
        """The numbers of the rules that hold for such a token wherever it stands; of two, the later one wins."""
        alone = Doc(token.vocab, words=[token.text])
        alone[0].tag, alone[0].dep = token.tag, token.dep
        return tuple(sorted({int(token.vocab.strings[rule]) for rule, _, _ in self._alone(alone, allow_missing=True)}))

    def _match_neighbours(self, doc: Doc) -> Mapping[int, set[int]]:
        """By the number of a token, the rules that hold for it because of its neighbours."""
        found: defaultdict[int, set[int]] = defaultdict(set)
        for name, start, end in self._among_others(doc, allow_missing=True):
            rule = int(doc.vocab.strings[name])
            index = self._ruler.indices[rule]
            found[start + index if index >= 0 else end + index].add(rule)
        return found

    def _set(self, token: Token, rules: _Rules) -> _Known:
        """Sets what the rules say, and the lemma where they don't; returns both."""
        attributes: dict[int, int] = {}
        for rule in rules:
            attributes |= self._ruler.attrs[rule]
        set_token_attrs(token, attributes)
        if token.lemma == 0:
            token.lemma_ = self._lemmatizer.lemmatize(token)[0]
        return attributes, token.lemma


@Language.factory(_NAME)
def _make(nlp: Language, name: str) -> WordAttributes:
    found = _lookup_components(nlp)
    if found is None:
        raise ConfigError(f"{name} needs an attribute ruler and, next to it, a lemmatizer by rules")
    return WordAttributes(*found)


def _lookup_components(nlp: Language) -> tuple[AttributeRuler, Lemmatizer] | None:
    names = nlp.pipe_names
    if _RULER not in names or _LEMMATIZER not in names or names.index(_RULER) + 1 != names.index(_LEMMATIZER):
        return None
    ruler, lemmatizer = (cast("object", nlp.get_pipe(name)) for name in (_RULER, _LEMMATIZER))
    if not isinstance(ruler, AttributeRuler) or not isinstance(lemmatizer, Lemmatizer):
        return None
    return (ruler, lemmatizer) if lemmatizer.mode == "rule" and not lemmatizer.overwrite else None


def look_up_attributes(nlp: Language) -> None:
    """Puts `WordAttributes` in the place of the components it stands for, where `nlp` has them as English models do."""
    if _lookup_components(nlp) is not None:
        nlp.add_pipe(_NAME, after=_LEMMATIZER)
        for name in (_RULER, _LEMMATIZER):
            nlp.remove_pipe(name)
