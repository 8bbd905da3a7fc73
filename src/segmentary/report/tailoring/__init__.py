"""The report of tailoring: what segments use, how tastes move, what to offer, how loyal they are, where to spend."""
