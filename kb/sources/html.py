"""HTML pages: the article's text and what the page states of it."""

from __future__ import annotations

import logging
import re
from datetime import datetime
from typing import Final

import lxml.html  # type: ignore[import-untyped]
import trafilatura
from lxml import etree
from trafilatura.settings import Document

from kb.domain.article import RawDocument
from kb.errors import DocumentError
from kb.sources.dates import parse_stated_date
from kb.sources.decode import decode_text
from kb.sources.publisher import find_domain, publisher_of_domain

# A page whose running text is shorter is a list of links, a login or an error.
_LEAST_WORDS: Final = 25
_SENTENCE: Final = re.compile(r"\w{2,}[.!?…][”\"'’)]?(?:\s|$)")
_DATE_PATHS: Final = (
    "//meta[@property='article:published_time' or @property='og:published_time']/@content",
    "//meta[@itemprop='datePublished' or @name='datePublished' or @name='pubdate' or @name='publish-date']/@content",
    "//meta[@name='date' or @name='DC.date' or @name='dc.date' or @name='DC.date.issued' or @name='parsely-pub-date']/@content",
    "//*[@itemprop='datePublished']/@datetime",
    "//article//time[1]/@datetime",
)
_JSON_DATE: Final = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')

# trafilatura reports on every page it finds little in; the DocumentError says it once.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def _stated_date(tree: lxml.html.HtmlElement, markup: str) -> datetime | None:
    for path in _DATE_PATHS:
        for value in tree.xpath(path):
            moment = parse_stated_date(str(value))
            if moment is not None:
                return moment
    found = _JSON_DATE.search(markup)
    return parse_stated_date(found.group(1)) if found else None


def _parse(markup: str, origin: str) -> lxml.html.HtmlElement:
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True)
    try:
        return lxml.html.document_fromstring(markup.encode(), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        raise DocumentError(origin, "malformed", f"{origin} is no HTML that can be read; save the page again") from None


def _without_site(title: str | None, site: str | None) -> str | None:
    """The title without " | BBC News" at its end."""
    plain = " ".join(title.split()) if title else ""
    if site:
        plain = re.sub(rf"\s+[-–—|·:]\s+{re.escape(site)}$", "", plain, flags=re.IGNORECASE)
    return plain or None


def read_page(data: bytes, file: str, origin: str, url: str | None = None, charset: str | None = None) -> RawDocument:
    """The article of an HTML page, its text as extracted being the kept original.

    `url` and `charset` are what the transport says. Raises DocumentError empty, binary, encoding, malformed or no_article.
    """
    markup = decode_text(data, origin, markup=True, declared=charset)
    tree = _parse(markup, origin)
    stated = _stated_date(tree, markup)
    page = trafilatura.bare_extraction(
        tree, url=url, with_metadata=True, include_comments=False, include_tables=False,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )  # fmt: skip
    body = (page.text or "").strip() if isinstance(page, Document) else ""
    if not isinstance(page, Document) or len(body.split()) < _LEAST_WORDS or _SENTENCE.search(body) is None:
        raise DocumentError(
            origin, "no_article", f"{origin} is an HTML page without an article in it; save the article's own page"
        )
    address = url or page.url
    domain = find_domain(address)
    known = publisher_of_domain(domain) if domain else None
    site = page.sitename if page.sitename and page.sitename != domain else None
    title = _without_site(page.title, page.sitename)
    return RawDocument(
        file=file,
        original=f"{title}\n\n{body}" if title else body,
        body=body,
        title=title,
        url=address,
        publisher=known if known and known != domain else site or known,
        published_at=stated or (parse_stated_date(page.date) if page.date else None),
    )


def text_of_fragment(fragment: str) -> str:
    """The text of a piece of HTML, one line a block; the piece itself where it has no markup."""
    if "<" not in fragment:
        return fragment
    try:
        tree = lxml.html.fragment_fromstring(fragment, create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return re.sub(r"<[^>]*>", " ", fragment)
    etree.strip_elements(tree, "script", "style", "figure", "iframe", with_tail=False)
    for element in tree.iter("p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "tr"):
        element.tail = "\n" + (element.tail or "")
        if element.tag != "br":
            element.text = "\n" + (element.text or "")
    lines = (" ".join(line.split()) for line in tree.text_content().split("\n"))
    return "\n\n".join(line for line in lines if line)
