"""Articles that somebody hands in, one at a time, with what is known of them."""

from __future__ import annotations

from dataclasses import replace

from kb.domain.article import RawDocument
from kb.domain.ids import content_id
from kb.domain.posted import PostedArticle
from kb.errors import DocumentError
from kb.sources.html import read_page
from kb.sources.plain import read_plain


def read_posted(posted: PostedArticle) -> RawDocument:
    """The document that was handed in, with the id that it has when it is read from a file.

    What is stated beside it counts more than what it says of itself. Raises DocumentError for a page or text without an article.
    """
    file = posted.url or f"posted/{content_id('doc', posted.text or '', posted.html or '')}"
    title = " ".join(posted.title.split()) if posted.title else None
    if posted.html is not None:
        page = read_page(posted.html.encode("utf-8", "replace"), file, file, posted.url, charset="utf-8")
        title = title or page.title
        return _stated(replace(page, title=title, original=f"{title}\n\n{page.body}" if title else page.body), posted)
    text = posted.text or ""
    if title is None:
        return _stated(read_plain(text, file, file), posted)
    if not text.strip():
        raise DocumentError(file, "empty", f"{file} has no text; send the article's text beside its title")
    return _stated(RawDocument(file, f"{title}\n\n{text}", text, title), posted)


def _stated(document: RawDocument, posted: PostedArticle) -> RawDocument:
    return replace(
        document,
        url=posted.url or document.url,
        publisher=posted.publisher or document.publisher,
        published_at=posted.published_at or document.published_at,
    )
