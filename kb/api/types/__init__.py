"""The GraphQL types, one module a noun; each wraps a row that storage handed out."""
