"""How fast, as ratios in one run: to a pure scan, to one query per segment, and to a pandas recipe."""
