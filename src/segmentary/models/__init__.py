"""Score, group, discover, validate: what statistics say about customers."""
