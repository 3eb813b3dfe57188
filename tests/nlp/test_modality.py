"""What happened, was planned, threatened, asked for, is possible or denied."""

from __future__ import annotations

import pytest

from tests.reading import claim_of, read, told


@pytest.mark.parametrize(
    ("text", "type_", "modality"),
    [
        ("Serbia attacked Kosovo.", "attacked", "actual"),
        ("Russia has recognised Abkhazia.", "recognised", "actual"),
        ("Russia is massing troops near Georgia.", "deployed_forces_to", "actual"),
        ("Russia's recognition of Abkhazia angered Georgia.", "recognised", "actual"),
        ("Poland urged Russia to withdraw from Georgia.", "appealed_to", "actual"),
        ("Vladimir Putin signed a decree recognising Abkhazia.", "recognised", "actual"),
        # planned
        ("Emmanuel Macron is due to meet Viktor Orban.", "met", "planned"),
        ("Emmanuel Macron ordered troops to Niger.", "deployed_forces_to", "planned"),
        ("Russia will recognise Abkhazia.", "recognised", "planned"),
        ("The European Union vowed to impose sanctions on Syria.", "sanctioned", "planned"),
        ("Chad plans to recognise Kosovo.", "recognised", "planned"),
        ("Emmanuel Macron is expected to meet Olaf Scholz.", "met", "planned"),
        ("Boris Johnson said he would meet Vladimir Putin.", "met", "planned"),
        ("Vladimir Putin ordered an attack on Georgia.", "attacked", "planned"),
        ("Peru decided to recognise Kosovo.", "recognised", "planned"),
        ("Canada promised to help Haiti.", "aided", "planned"),
        # threatened
        ("Joe Biden threatened to impose sanctions on Iran.", "sanctioned", "threatened"),
        ("China threatened to attack Taiwan.", "attacked", "threatened"),
        # requested
        ("Japan asked China to recognise Taiwan.", "recognised", "requested"),
        ("Poland urged Russia to withdraw from Georgia.", "yielded_to", "requested"),
        ("The European Union should impose sanctions on Syria.", "sanctioned", "requested"),
        ("Ukraine must recognise Kosovo.", "recognised", "requested"),
        # possible
        ("France is considering sanctions on Iran.", "sanctioned", "possible"),
        ("Russia could attack Georgia.", "attacked", "possible"),
        ("Russia may attack Georgia.", "attacked", "possible"),
        ("Canada is weighing sanctions on Belarus.", "sanctioned", "possible"),
        ("A possible attack on Georgia worried Turkey.", "attacked", "possible"),
        # denied
        ("Russia has not recognised Kosovo.", "recognised", "denied"),
        ("Russia never attacked Georgia.", "attacked", "denied"),
        ("Russia denied that it had attacked Georgia.", "attacked", "denied"),
        ("Iran refused to negotiate with the United States.", "negotiated_with", "denied"),
    ],
)
def test_how_an_event_is_put(text: str, type_: str, modality: str) -> None:
    assert claim_of(type_, told(read(text))).modality == modality


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("Myanmar denied the allegations.", "denied"),
        ("Hungary rejected the proposal.", "rejected"),
        ("North Korea warned South Korea.", "warned"),
        ("Turkey threatened Greece with war.", "threatened"),
        ("Canada promised to help Haiti.", "promised"),
        ("Japan asked China to recognise Taiwan.", "appealed_to"),
    ],
)
def test_saying_something_is_an_act_that_took_place(text: str, type_: str) -> None:
    assert claim_of(type_, told(read(text))).modality == "actual"


def test_one_sentence_can_put_two_events_differently() -> None:
    items = told(read("Peru recognised Kosovo, but Chile will not recognise Kosovo."))
    assert [(item.subject, item.modality) for item in items] == [("Peru", "actual"), ("Chile", "denied")]
