"""What fields cost, in points: a point is about one row that has to be found and written out.

A single row costs 1, a list as many rows as it is asked for, a value nothing. Only what is dearer, cheaper or of unknown length
stands here, under the name of the type or of an interface that the type implements.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# What a field costs once, whatever is selected below it: words are looked up, ways are searched, all rows are counted.
FIELD_POINTS: Final[Mapping[str, int]] = {
    "Query.search": 20,
    "Query.path": 200,
    "Query.timeline": 50,
    "Query.suggestedMerges": 100,
    "Entity.coOccurring": 25,
    "EventConnection.facets": 100,
    "Article.text": 2,
    "Article.nearDuplicates": 2,
}
TOTAL_COUNT_POINTS: Final = 10
# A mutation takes the one writing transaction that there is.
MUTATION_POINTS: Final = 100
# Introspection is answered from memory, so that this many of its rows make a point.
INTROSPECTION_SHARE: Final = 50

# How many rows are counted for a list whose length cannot be asked for.
ASSUMED_ROWS: Final = 10
ASSUMED: Final[Mapping[str, int]] = {
    "Claim.attributedTo": 1,
    "Claim.objects": 2,
    "Claim.subjects": 2,
    "Entity.facts": 20,
    "Event.about": 1,
    "Event.articles": 4,
    "Event.objects": 2,
    "Event.quantities": 2,
    "Event.subjects": 2,
    "Fact.evidence": 3,
    "Mention.parts": 3,
    "MergeSuggestion.parts": 3,
    "Ontology.entityKinds": 4,
    "Ontology.eventTypes": 28,
    "Path.entities": 4,
    "Path.steps": 4,
    "Quantity.attributedTo": 1,
    "Query.timeline": 50,
    "SearchHit.highlights": 3,
    "__Directive.args": 2,
    "__Field.args": 2,
    "__Schema.directives": 5,
    "__Schema.types": 120,
    "__Type.interfaces": 2,
    "__Type.possibleTypes": 4,
}
