"""The `segmentary` command."""
