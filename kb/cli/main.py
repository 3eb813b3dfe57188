"""The entry point: hands over to a command and turns whatever goes wrong into one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from kb.api.serving.logs import configure_logs
from kb.cli import ablate, db, entity, evaluate, export, ingest, persist, query, retract, serve, token, train
from kb.cli.output import say_error
from kb.errors import KbError, UsageError
from kb.settings import debugging, read_log_settings

FAILED: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130
CLOSED_PIPE: Final = 141

app = typer.Typer(
    name="kb",
    help="News in, a knowledge base out: who did what to whom, when, and according to whom.",
    epilog="Exit codes: 0 fine, 1 something failed or some documents are in quarantine, 2 wrong usage.",
    pretty_exceptions_enable=False,
)
app.command("ingest")(ingest.ingest)
app.command("serve")(serve.serve)
app.command("export")(export.export)
app.command("query")(query.query)
app.command("persist")(persist.persist)
app.command("retract")(retract.retract)
app.command("eval")(evaluate.evaluate)
app.command("train")(train.train)
app.command("ablate")(ablate.ablate)
app.add_typer(db.app, name="db")
app.add_typer(entity.app, name="entity")
app.add_typer(token.app, name="token")


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code. With KB_DEBUG=1 an error comes with its traceback."""
    as_json = "--json" in arguments
    try:
        log = read_log_settings()
        configure_logs(log.format, log.level)
        code = get_command(app).main(args=list(arguments), prog_name="kb", standalone_mode=False)
        sys.stdout.flush()
    except KbError as error:
        if debugging():
            raise
        say_error(error.code, error.message, as_json=as_json)
        return USAGE if isinstance(error, UsageError) else FAILED
    except TyperException as error:
        say_error(UsageError.code, f"{error.format_message() or 'Missing command.'} See: kb --help", as_json=as_json)
        return USAGE
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has seen enough; without this the interpreter complains again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except Exception as error:
        if debugging():
            raise
        detail = f"{type(error).__name__}: {error}"
        say_error(KbError.code, f"internal error, please report it ({detail}); KB_DEBUG=1 shows where", as_json=as_json)
        return FAILED
    # typer makes this code of a Ctrl-C inside a command.
    if code == INTERRUPTED:
        say_error("INTERRUPTED", "interrupted; what was finished stays, and the same command goes on from there", as_json=False)
    return code if isinstance(code, int) else 0


def main() -> None:
    """What the console script `kb` calls."""
    raise SystemExit(run(sys.argv[1:]))
