"""Reads documents of every accepted form and turns each into a repaired `Article`."""
