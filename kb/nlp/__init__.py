"""From text to mentions and claims. All that touches spaCy is in here."""
