"""One row per customer, as of a moment."""
