"""The header forms of plain text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kb.errors import DocumentError
from kb.sources.plain import read_plain


def test_a_title_and_its_text() -> None:
    raw = read_plain("Envoys leave\nThe envoys left.\nThey will return.\n", "a.txt", "a.txt")
    assert (raw.title, raw.body, raw.url, raw.published_at) == (
        "Envoys leave",
        "The envoys left.\nThey will return.\n",
        None,
        None,
    )
    assert raw.original == "Envoys leave\nThe envoys left.\nThey will return.\n"


@pytest.mark.parametrize(
    "header",
    [
        "Envoys leave\n20220222\nhttps://example.com/a\n",
        "Envoys leave\n\nhttps://example.com/a\n2022-02-22\n\n",
        "20220222\nhttps://example.com/a\nEnvoys leave\n",
        "Envoys leave\nBy Ann Lee and Bob Ray\nPublished: February 22, 2022\nURL: https://example.com/a\n",
    ],
)
def test_date_and_address_lines_are_metadata_in_any_order(header: str) -> None:
    raw = read_plain(header + "The envoys left.", "a.txt", "a.txt")
    assert raw.title == "Envoys leave"
    assert raw.body == "The envoys left."
    assert raw.url == "https://example.com/a"
    assert raw.published_at == datetime(2022, 2, 22, tzinfo=UTC)


def test_furniture_and_a_breadcrumb_before_the_title_are_passed_over() -> None:
    raw = read_plain("Skip to content\n\nHome World News Envoys leave\n\nEnvoys leave\n\nThe envoys left.", "a.txt", "a.txt")
    assert raw.title == "Envoys leave"
    assert raw.body == "The envoys left."


def test_a_first_line_as_long_as_a_paragraph_is_no_title() -> None:
    text = "The envoys left on Monday. " * 20
    raw = read_plain(text, "a.txt", "a.txt")
    assert raw.title is None
    assert raw.body == text


def test_a_header_without_anything_is_refused() -> None:
    with pytest.raises(DocumentError) as caught:
        read_plain("20220222\nhttps://example.com/a\n", "a.txt", "a.txt")
    assert caught.value.reason == "empty"
