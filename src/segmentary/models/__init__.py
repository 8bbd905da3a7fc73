"""Score, group, discover, validate."""
