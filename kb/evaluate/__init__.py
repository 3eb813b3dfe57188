"""How good extraction is: its figures against a gold standard, what it misses, and the floors it may not fall below."""
