"""`kb train`: learns the reader's weights from annotated articles."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from kb.cli.output import say, write_json
from kb.errors import UsageError


def train(
    folders: Annotated[
        list[Path], typer.Argument(metavar="FOLDER...", help="Folders of .exercises files, or of gold files with spans.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Where to write the weights (default: where the reader looks for them).")
    ] = None,
    encoder: Annotated[
        Path | None, typer.Option(help="Folder of a MiniLM of six layers to begin from (model.safetensors, vocab.txt).")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was reached as JSON on stdout.")] = False,
) -> None:
    """Train the reader; the same data and machine give the same weights. Needs PyTorch, which the extra "train" installs.

    What is printed was reached on articles that the network had not seen (in parts, each held out in turn).
    """
    if importlib.util.find_spec("torch") is None:
        raise UsageError("training needs PyTorch; install it with: pip install 'kb[train]'")
    from kb.ingest.extract import Extractor
    from kb.learn.train import train as learn
    from kb.settings import RULES, read_settings

    settings = read_settings()
    extractor = Extractor.open(replace(settings, reader=RULES))
    reached = learn(folders, out or settings.reader_file, extractor, encoder, say)
    if as_json:
        write_json(dict(reached))
    else:
        for name, value in reached.items():
            typer.echo(f"{name:12} {value}")
