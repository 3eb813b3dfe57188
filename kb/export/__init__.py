"""What analysts take away: one module per file format behind one protocol."""
