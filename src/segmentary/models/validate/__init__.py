"""Whether found segments are real: how many, how stable, and what one population would have shown by chance."""
