"""Files of every form and every kind of damage, through the one door they come in by."""

from __future__ import annotations

import errno
import gzip
import json
import os
import tracemalloc
from pathlib import Path

import pytest

from kb.domain.article import RawDocument
from kb.errors import DocumentError, UsageError
from kb.sources.clean import to_article
from kb.sources.files import read_documents
from tests.sources.pages import FRENCH, LINK_PAGE, PARAGRAPHS, TEXT, TITLE, html_page

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "articles"
LIMIT = 2_000_000


def read(*paths: Path, form: str = "auto", limit: int = LIMIT) -> list[RawDocument | DocumentError]:
    return list(read_documents(paths, format=form, max_bytes=limit))


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def only_error(path: Path, **options: object) -> DocumentError:
    [error] = read(path, **options)  # type: ignore[arg-type]
    assert isinstance(error, DocumentError)
    assert str(path) in error.message
    assert "\n" not in error.message
    return error


def test_a_folder_is_read_in_order_without_what_lies_beside_the_articles(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "sub/c.txt", "noextension"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        written(tmp_path, name, f"{TITLE}\n\n{TEXT}")
    for name in (".DS_Store", "README.md", "gold.yaml", "x.png", "LICENSE", "SHA256SUMS", "a.txt~"):
        written(tmp_path, name, b"\0")
    written(tmp_path, ".hidden.txt", TEXT)
    documents = read(tmp_path)
    assert [document.file for document in documents if isinstance(document, RawDocument)] == [
        "a.txt",
        "b.txt",
        "noextension",
        "sub/c.txt",
    ]
    assert len(documents) == 4


def test_a_file_named_on_purpose_is_read_whatever_its_name(tmp_path: Path) -> None:
    [raw] = read(written(tmp_path, "README.md", f"{TITLE}\n\n{TEXT}"))
    assert isinstance(raw, RawDocument)
    assert raw.file == "README.md"


def test_a_folder_without_articles_is_reported_and_the_others_are_read(tmp_path: Path) -> None:
    written(tmp_path, "notes.yaml", "a: 1")
    error, *others = read_documents([tmp_path, SEEDS], max_bytes=LIMIT)
    assert isinstance(error, DocumentError)
    assert (error.reason, error.origin) == ("no_articles", str(tmp_path))
    assert len(others) == 5


def test_a_path_that_is_not_there_and_an_unknown_format_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        read_documents([tmp_path / "missing"], max_bytes=LIMIT)
    with pytest.raises(UsageError, match="'pdf' is no format; use auto, txt, html"):
        read_documents([SEEDS], format="pdf", max_bytes=LIMIT)


@pytest.mark.parametrize(
    ("content", "reason", "says"),
    [
        (b"", "empty", "is empty"),
        (b" \n\n ", "empty", "is empty"),
        (b"\x00\x01\x02\x03" * 50, "binary", "binary data"),
        (b"Title\n\n" + b"text " * 5000 + b"\0", "binary", "binary data"),
        (b"%PDF-1.7\n" + b"x" * 50, "binary", "a PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "binary", "a PNG image"),
        (b"Title\n\nCaf\xe9 in Kyiv", "encoding", "byte 0xe9 at offset 10"),
        (b"Title\n\nCut \xe2\x80", "encoding", "at offset 11"),
        (LINK_PAGE.encode(), "no_article", "without an article"),
        (b"<html><body></body></html>", "no_article", "without an article"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>', "no_article", "without entries"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</ti', "malformed", "no well-formed feed"),
        (b"WARC/1.0\r\nbroken", "no_article", "without an HTML page"),
        (b"\x1f\x8b\x08\x00broken", "malformed", "damaged gzip"),
    ],
)
def test_a_bad_document_is_one_clear_error_and_the_others_go_on(tmp_path: Path, content: bytes, reason: str, says: str) -> None:
    bad = written(tmp_path, "a", content)
    written(tmp_path, "b.txt", f"{TITLE}\n\n{TEXT}")
    error = only_error(bad)
    assert error.reason == reason
    assert says in error.message
    both = read(tmp_path)
    assert isinstance(both[0], DocumentError)
    assert isinstance(both[1], RawDocument)


def test_a_line_of_fifty_megabytes_is_refused_within_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    with path.open("wb") as stream:
        for _ in range(50):
            stream.write(b"a" * 1_000_000)
    tracemalloc.start()
    error = only_error(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert error.reason == "too_large"
    assert "2,000,000 bytes" in error.message
    assert "KB_MAX_DOCUMENT_BYTES" in error.message
    assert peak < 3 * LIMIT


def test_a_long_line_of_json_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    with path.open("wb") as stream:
        stream.write(b'{"text": "' + b"a" * 30_000_000 + b'"}\n')
        stream.write(json.dumps({"title": TITLE, "text": TEXT}).encode() + b"\n")
    tracemalloc.start()
    error, raw = read(path, limit=1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(error, DocumentError)
    assert (error.reason, error.origin) == ("too_large", f"{path}#1")
    assert isinstance(raw, RawDocument)
    assert raw.file == "long.jsonl#2"
    assert peak < 8_000_000


def test_packed_text_that_unpacks_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    assert only_error(written(tmp_path, "bomb.txt.gz", gzip.compress(b"a" * 30_000_000))).reason == "too_large"


def test_a_file_without_the_right_to_read_it_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "a.txt", TEXT)

    def refuse(self: Path, mode: str) -> None:
        # Taking the right away would not stop the superuser that containers run tests as.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    monkeypatch.setattr(Path, "open", refuse)
    error = only_error(path)
    assert error.reason == "unreadable"
    assert "Permission denied" in error.message


def test_a_link_to_nowhere_and_a_pipe_are_reported_and_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    [error] = read(tmp_path)
    assert isinstance(error, DocumentError)
    assert error.reason == "unreadable"
    os.mkfifo(tmp_path / "pipe")
    assert only_error(tmp_path / "pipe").reason == "unreadable"


def test_byte_order_marks_and_declared_encodings_are_understood(tmp_path: Path) -> None:
    text = f"Café in Kyiv\n\n{TEXT}"
    for name, data in (("bom.txt", b"\xef\xbb\xbf" + text.encode()), ("utf16.txt", text.encode("utf-16"))):
        [raw] = read(written(tmp_path, name, data))
        assert isinstance(raw, RawDocument)
        assert (raw.title, raw.original) == ("Café in Kyiv", text)
    [page] = read(
        written(tmp_path, "page.html", html_page("iso-8859-1", "It’s the café of Kyiv that they met in.").encode("cp1252"))
    )
    assert isinstance(page, RawDocument)
    assert "It’s the café of Kyiv" in page.body
    undeclared = written(tmp_path, "bad.html", html_page(None, "In the café.").encode("cp1252"))
    assert only_error(undeclared).reason == "encoding"


@pytest.mark.parametrize("name", ["page.html", "page.txt", "page"])
def test_an_html_page_is_known_by_its_content(tmp_path: Path, name: str) -> None:
    [raw] = read(written(tmp_path, name, html_page()))
    assert isinstance(raw, RawDocument)
    assert (raw.title, raw.publisher) == (TITLE, "Daily Echo")
    assert raw.published_at is not None
    assert raw.published_at.isoformat() == "2022-02-21T18:30:00+00:00"
    article = to_article(raw)
    assert article.text == f"{TITLE}\n\n{TEXT}"


def test_the_form_can_be_forced(tmp_path: Path) -> None:
    [raw] = read(written(tmp_path, "page.html", html_page()), form="txt")
    assert isinstance(raw, RawDocument)
    assert raw.original.startswith("<!DOCTYPE html>")


def test_json_lines_are_read_one_by_one_past_bad_ones(tmp_path: Path) -> None:
    lines = [
        json.dumps(
            {
                "headline": TITLE,
                "body": TEXT,
                "link": "https://example.com/a",
                "source": {"name": "Daily Echo"},
                "date": "2022-02-21",
            }
        ),
        '{"title": "cut off", "text": "x',
        "",
        json.dumps({"title": "no text"}),
        json.dumps(["no", "object"]),
        json.dumps({"title": TITLE, "content": [TEXT, "More."], "published": 1645468200}),
    ]
    path = tmp_path / "news.jsonl"
    path.write_bytes("\n".join(lines).encode() + b'\n{"text": "caf\xe9"}\n')
    first, cut, bare, array, last, latin = read(path)
    assert isinstance(first, RawDocument)
    assert (first.file, first.title, first.url, first.publisher) == ("news.jsonl#1", TITLE, "https://example.com/a", "Daily Echo")
    assert first.published_at is not None
    assert first.published_at.date().isoformat() == "2022-02-21"
    errors = [error for error in (cut, bare, array, latin) if isinstance(error, DocumentError)]
    assert [(error.reason, error.origin.rsplit("#")[1]) for error in errors] == [
        ("malformed", "2"),
        ("no_article", "4"),
        ("malformed", "5"),
        ("encoding", "7"),
    ]
    assert isinstance(last, RawDocument)
    assert last.body == f"{TEXT}\n\nMore."
    assert last.published_at is not None
    assert last.published_at.isoformat() == "2022-02-21T18:30:00+00:00"


def test_what_json_escapes_but_nobody_can_store_is_left_out(tmp_path: Path) -> None:
    [raw] = read(written(tmp_path, "news.jsonl", '{"title": "Envoys\\u0000 leave", "text": "They left\\ud800 today."}'))
    assert isinstance(raw, RawDocument)
    assert raw.original == "Envoys leave\n\nThey left? today."


def test_a_json_array_over_several_lines_and_packed_lines_are_read_too(tmp_path: Path) -> None:
    record = {"title": TITLE, "text": TEXT}
    array = written(tmp_path, "news.json", json.dumps([record, record], indent=2))
    assert [raw.file for raw in read(array) if isinstance(raw, RawDocument)] == ["news.json#1", "news.json#2"]
    packed = written(tmp_path, "news.jsonl.gz", gzip.compress(json.dumps(record).encode()))
    assert [raw.file for raw in read(packed) if isinstance(raw, RawDocument)] == ["news.jsonl.gz#1"]


RSS = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Echo</title><link>https://echo.example</link>
<item><title>{TITLE}</title><link>https://echo.example/a</link><pubDate>Mon, 21 Feb 2022 18:30:00 +0300</pubDate>
<description>A teaser.</description>
<content:encoded><![CDATA[<p>{"</p><p>".join(PARAGRAPHS)}</p><script>x</script>]]></content:encoded></item>
<item><title>Only a title</title></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Echo</title><id>x</id><updated>2022-02-21T00:00:00Z</updated>
<entry><title>{TITLE}</title><id>y</id><link href="https://echo.example/a"/><published>2022-02-21T15:30:00Z</published>
<summary>{TEXT}</summary></entry></feed>"""


@pytest.mark.parametrize("content", [RSS, ATOM])
def test_feeds_give_an_article_an_entry(tmp_path: Path, content: str) -> None:
    first, *rest = read(written(tmp_path, "feed.xml", content))
    assert isinstance(first, RawDocument)
    assert (first.file, first.title, first.url) == ("feed.xml#1", TITLE, "https://echo.example/a")
    assert to_article(first).text == f"{TITLE}\n\n{TEXT}"
    assert first.published_at is not None
    assert first.published_at.isoformat() == "2022-02-21T15:30:00+00:00"
    assert [error.reason for error in rest if isinstance(error, DocumentError)] == ["no_article"] * (content is RSS)


def warc_record(kind: str, url: str, media: str, payload: bytes) -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:x>\r\nWARC-Date: 2022-02-22T00:00:00Z\r\n"
    head += f"WARC-Target-URI: {url}\r\n"
    return f"{head}Content-Type: {media}\r\nContent-Length: {len(payload)}\r\n\r\n".encode() + payload + b"\r\n\r\n"


def warc_response(url: str, status: str, media: str, payload: bytes) -> bytes:
    http = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {len(payload)}\r\n\r\n".encode() + payload
    return warc_record("response", url, "application/http; msgtype=response", http)


def warc_bytes(*, packed: bool) -> bytes:
    records = [
        warc_record("warcinfo", "x", "application/warc-fields", b"software: test\r\n"),
        warc_response("https://echo.example/a", "200 OK", "text/html; charset=utf-8", html_page(None).encode()),
        warc_response("https://echo.example/logo.png", "200 OK", "image/png", b"\x89PNG"),
        warc_response("https://echo.example/old", "301 Moved Permanently", "text/html", b"<html>moved</html>"),
        warc_response("https://echo.example/", "200 OK", "text/html", LINK_PAGE.encode()),
        warc_response(
            "https://echo.example/c",
            "200 OK",
            "text/html; charset=windows-1252",
            html_page(None, "In the café.").encode("cp1252"),
        ),
        warc_record("conversion", "https://echo.example/d", "text/plain", f"{TITLE}\n{TEXT}".encode()),
    ]
    return b"".join(gzip.compress(record) if packed else record for record in records)


@pytest.mark.parametrize("packed", [False, True])
def test_archives_give_their_pages(tmp_path: Path, packed: bool) -> None:
    first, links, declared, text = read(written(tmp_path, "crawl.warc", warc_bytes(packed=packed)))
    assert isinstance(first, RawDocument)
    assert (first.file, first.title, first.url) == ("crawl.warc#2", TITLE, "https://echo.example/a")
    assert isinstance(links, DocumentError)
    assert links.reason == "no_article"
    assert isinstance(declared, RawDocument)
    assert "In the café." in declared.body
    assert isinstance(text, RawDocument)
    assert (text.title, text.url) == (TITLE, "https://echo.example/d")


@pytest.mark.parametrize("packed", [False, True])
def test_a_cut_archive_gives_what_comes_before_the_cut(tmp_path: Path, packed: bool) -> None:
    data = warc_bytes(packed=packed)
    [first, *_, last] = read(written(tmp_path, "crawl.warc", data[: len(data) - 80]))
    assert isinstance(first, RawDocument)
    assert isinstance(last, DocumentError)
    assert last.reason == "malformed"
    assert "fetch the archive again" in last.message


def test_a_french_article_is_refused_by_name_of_its_language(tmp_path: Path) -> None:
    [raw] = read(written(tmp_path, "fr.txt", f"Les régions\n\n{FRENCH}"))
    assert isinstance(raw, RawDocument)
    with pytest.raises(DocumentError, match=r"French \(fr\)") as caught:
        to_article(raw)
    assert caught.value.reason == "language"


def test_the_seeds_are_five_articles() -> None:
    documents = read(SEEDS)
    assert [type(document) for document in documents] == [RawDocument] * 5
