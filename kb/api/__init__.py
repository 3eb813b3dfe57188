"""GraphQL over HTTP, and the same schema without a server."""
