"""The registry: who is one with whom, what follows from it for events and stories, and how either is undone."""
