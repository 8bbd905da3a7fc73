"""The market, not only our customers: sizes, trends, competition, which segments to serve."""
