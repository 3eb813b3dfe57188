"""Figures of one thing side by side."""

from __future__ import annotations

from kb.domain.claim import Bound, Quantity
from kb.domain.figures import compare_figures
from kb.domain.span import Span


def said(about: str, low: float, high: float | None = None, bound: Bound = Bound.EXACT, unit: str = "troops") -> Quantity:
    span = Span(0, 1, "x")
    return Quantity(
        f"{about} {low} {high} {bound}", "art_1", about, low, low if high is None else high, unit, span, span, (), bound
    )


def test_sources_that_leave_room_for_one_number_agree() -> None:
    (figure,) = compare_figures([said("troops", 130_000, bound=Bound.AT_LEAST), said("troops", 150_000, bound=Bound.ABOUT)])
    assert figure.agreed
    assert (figure.low, figure.high) == (130_000, 150_000)


def test_sources_that_exclude_each_other_disagree_and_both_stay() -> None:
    given = [said("Russian troops", 150_000, bound=Bound.ABOUT), said("troops", 169_000, 190_000)]
    (figure,) = compare_figures(given)
    assert not figure.agreed
    assert (figure.about, figure.low, figure.high) == ("troops", 150_000, 190_000)
    assert figure.quantities == tuple(given)


def test_at_most_and_at_least_meet_in_between_or_not_at_all() -> None:
    assert compare_figures([said("dead", 600, bound=Bound.AT_MOST), said("dead", 600, bound=Bound.AT_LEAST)])[0].agreed
    assert not compare_figures([said("dead", 599, bound=Bound.AT_MOST), said("dead", 600, bound=Bound.AT_LEAST)])[0].agreed


def test_a_negative_number_that_is_only_about_leaves_room_on_both_sides() -> None:
    change = [said("change", -10, bound=Bound.ABOUT, unit="%"), said("change", -10.5, unit="%")]
    assert compare_figures(change)[0].agreed
    assert compare_figures(change[::-1])[0].agreed


def test_other_things_and_other_units_are_apart() -> None:
    given = [
        said("people killed", 5, unit="people"),
        said("people injured", 7, unit="people"),
        said("people killed", 5, unit="%"),
    ]
    assert [figure.quantities for figure in compare_figures(given)] == [(each,) for each in given]
    assert compare_figures([]) == ()
