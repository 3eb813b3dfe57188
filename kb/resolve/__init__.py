"""Deciding who is meant and which claims tell the same event."""
