"""Serving: the server and its processes, what every response gets, what is measured and logged."""
