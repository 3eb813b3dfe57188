"""Why an operation is left to the resolvers."""

from __future__ import annotations


class NotCompiledError(Exception):
    """The operation, or what it was given this time, is for the resolvers: they answer it, or say what is wrong with it."""
