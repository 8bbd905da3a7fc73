"""One chart per file: each takes figures and gives an Altair chart, in a notebook or on a page."""
