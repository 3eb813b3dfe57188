"""Every edit keeps the way back to the original."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.sources.trace import Edit, TracedText


def _edits(text: str, places: list[tuple[int, int, str]]) -> list[Edit]:
    edits: list[Edit] = []
    position = 0
    for skip, length, replacement in places:
        start = min(position + skip, len(text))
        end = min(start + length, len(text))
        if (start, end) == (len(text), len(text)) and edits:
            break
        edits.append(Edit(start, end, replacement))
        position = end + 1
    return edits


PLACES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4), st.sampled_from(["", "'", "— ", "xyz"])), max_size=8)


@given(st.text("abcdefg \n", min_size=1, max_size=60), st.lists(PLACES, max_size=5))
def test_after_any_edits_every_run_equals_the_original(original: str, rounds: list[list[tuple[int, int, str]]]) -> None:
    traced = TracedText.of_pieces([(original, 0)])
    plain = original
    for places in rounds:
        edits = _edits(traced.text, places)
        for edit in reversed(edits):
            plain = plain[: edit.start] + edit.text + plain[edit.end :]
        traced = traced.edited(edits)
    assert traced.text == plain
    offsets = traced.offset_map()
    for clean, start, length in zip(offsets.clean_starts, offsets.original_starts, offsets.lengths, strict=True):
        assert traced.text[clean : clean + length] == original[start : start + length]
    places_back = [offsets.to_original(position) for position in range(len(traced.text) + 1)]
    assert places_back == sorted(places_back)
    assert all(0 <= place <= len(original) for place in places_back)


def test_an_inserted_character_leads_to_where_it_was_missing() -> None:
    traced = TracedText.of_pieces([("Russias army", 0)]).edited([Edit(6, 6, "'")])
    assert traced.text == "Russia's army"
    assert [traced.to_original(position) for position in (5, 6, 7, 8)] == [5, 6, 6, 7]


def test_text_that_replaces_leads_to_the_start_of_what_it_replaced() -> None:
    traced = TracedText.of_pieces([("abcdef", 0)]).edited([Edit(0, 2)]).edited([Edit(0, 2, "XYZ")])
    assert traced.text == "XYZef"
    assert [traced.to_original(position) for position in range(5)] == [2, 2, 2, 4, 5]


def test_pieces_that_are_not_of_the_original_lead_to_where_the_last_one_ended() -> None:
    traced = TracedText.of_pieces([("title", 3), ("\n\n", None), ("body", 20)])
    assert [traced.to_original(position) for position in (0, 5, 6, 7, 10)] == [3, 8, 8, 20, 23]
