"""Compiles operations: a validated query becomes one SQL statement that answers with the response's JSON."""
