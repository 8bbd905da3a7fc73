"""The report of found segments: what they are, how far to trust them, how to use them."""
