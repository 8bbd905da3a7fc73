"""One noun of the interface a file: segments, people, jobs, ..."""
