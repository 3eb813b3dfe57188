"""What a person watching a long ingestion sees on stderr; nothing when stderr is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

Advance: TypeAlias = Callable[[str], None]


@contextmanager
def show_progress() -> Iterator[Advance]:
    """Yields what to call with the name of each document that is done.

    How many there will be is not known beforehand (a folder is walked and a container opened as the work goes on), so the bar
    tells how many are done and for how long it has been going.
    """
    if not sys.stderr.isatty():
        yield lambda _name: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    counted = TextColumn("reading {task.completed:.0f} articles")
    console = Console(stderr=True)
    with Progress(counted, BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}"), console=console) as progress:
        # Names of files come from outside and may hold what rich takes for markup.
        task = progress.add_task("", total=None)
        yield lambda name: progress.update(task, advance=1, description=escape(name))
