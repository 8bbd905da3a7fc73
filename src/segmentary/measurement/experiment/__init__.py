"""Experiments: planned, assigned, checked, and analysed per segment, out of sums."""
