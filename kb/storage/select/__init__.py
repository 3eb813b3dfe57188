"""Turns a tree of what is asked for into one statement that answers as JSON text."""
