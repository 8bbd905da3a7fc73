"""The report of a market: how large, which way it goes, where to play, and where the own customers stand in it."""
