"""The one tree of exceptions. Each says what is wrong and what to do; attributes come before the message."""

from __future__ import annotations


class KbError(Exception):
    """Root of all errors raised on purpose. `code` is stable and is what GraphQL and `--json` show."""

    code = "INTERNAL"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageError(KbError):
    """The caller asked for something that cannot be: a wrong option, path or argument (exit code 2)."""

    code = "BAD_USER_INPUT"


class ConfigError(UsageError):
    """A setting, schema file or installed model is missing or wrong."""

    code = "CONFIGURATION"


class DocumentError(KbError):
    """One document cannot be read; it goes to quarantine and the others go on.

    `reason` is a stable identifier (empty, binary, encoding, too_large, no_article, language, malformed ...),
    `origin` the file or record it came from.
    """

    code = "DOCUMENT"

    def __init__(self, origin: str, reason: str, message: str) -> None:
        self.origin = origin
        self.reason = reason
        super().__init__(message)

    def __reduce__(self) -> tuple[type[DocumentError], tuple[str, str, str]]:
        return type(self), (self.origin, self.reason, self.message)


class NotFoundError(KbError):
    """A well-formed id that names nothing in this database."""

    code = "NOT_FOUND"

    def __init__(self, noun: str, key: str) -> None:
        self.noun = noun
        self.key = key
        super().__init__(f"there is no {noun} {key!r}; list what there is with a query on {noun}s")


class ExpiredError(UsageError):
    """A cursor points to what is not kept any more; whoever follows has to begin anew."""

    code = "CURSOR_EXPIRED"


class ConflictError(UsageError):
    """What was asked for contradicts what somebody decided before; the message names what has to be undone first."""

    code = "CONFLICT"


class StorageError(KbError):
    """The database cannot be opened, written or is not at the expected migration."""

    code = "STORAGE"


class TimeLimitError(KbError):
    """The database was stopped because what it was asked for took longer than it may."""

    code = "TIMEOUT"
