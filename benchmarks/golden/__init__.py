"""Golden numbers: what published analyses and other packages give, beside what we give."""
