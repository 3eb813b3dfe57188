"""All SQL: tables, sessions, the writer and one query module a noun. Storage never commits; the caller owns the transaction."""
