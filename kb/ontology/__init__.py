"""The ontology as data: event types, predicates and entity types, read from schema/ontology."""
