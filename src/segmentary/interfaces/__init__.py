"""Ways in and out, independent of each other."""
