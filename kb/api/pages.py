"""Pages for browsers: where to look, and GraphiQL as built into kb/web/dist."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

import kb

DIST: Final = Path(kb.__file__).resolve().parent / "web" / "dist"
GRAPHIQL: Final = DIST / "graphiql.html"


_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body{{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}}
code{{background:#8882;padding:.1em .3em}}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""

_LANDING: Final = _PAGE.format(
    title="kb: who did what to whom",
    body="""<p>A knowledge base made from news articles: every claim leads back to the sentence that says it.</p>
<ul>
<li><a href="/graphql">/graphql</a> is the GraphQL API. A browser gets GraphiQL with an example to run;
programs POST <code>{"query": "{ events(first: 5) { totalCount } }"}</code> to it as <code>application/json</code>.</li>
<li><a href="/readyz">/readyz</a> says whether the database answers.</li>
</ul>""",
)

_NOT_BUILT: Final = _PAGE.format(
    title="GraphiQL is not built",
    body="""<p>The API itself runs: POST <code>{"query": "{ events(first: 5) { totalCount } }"}</code> to this address as
<code>application/json</code>, or run <code>kb query FILE</code>.</p>
<p>GraphiQL's pages are made from npm packages, which needs Node 18.18 or later:
run <code>make web</code> in the checkout and open this page again.</p>""",
)


_NOT_SHOWN: Final = _PAGE.format(
    title="GraphiQL is switched off",
    body="""<p>The API itself answers here: POST <code>{"query": "{ events(first: 5) { totalCount } }"}</code> as
<code>application/json</code>.</p>""",
)


def graphiql_page(*, shown: bool = True) -> Response:
    """GraphiQL, or what to do where it has not been built; without it where it is not to be shown."""
    if not shown:
        return HTMLResponse(_NOT_SHOWN, status_code=404)
    if GRAPHIQL.is_file():
        return FileResponse(GRAPHIQL, media_type="text/html", headers={"Cache-Control": "no-cache"})
    return HTMLResponse(_NOT_BUILT, status_code=503)


async def landing(request: Request) -> Response:
    """Where to look."""
    return HTMLResponse(_LANDING)
