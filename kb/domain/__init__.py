"""What the knowledge base talks about, as frozen dataclasses without I/O."""
