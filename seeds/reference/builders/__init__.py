"""One module a noun: each turns sources and hand-written additions into rows of the reference set."""
