"""From documents to rows: the one place where sources, nlp, resolve and storage meet."""
