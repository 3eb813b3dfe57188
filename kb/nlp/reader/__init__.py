"""The learned reader: small networks over spaCy's parse that say what is a name, an event, its participant, and who is meant."""
