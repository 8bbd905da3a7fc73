"""What a segment over- and under-uses, how its preferences move, and what to offer it."""
