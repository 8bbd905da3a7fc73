"""Discovery from end to end, and the solution it leaves."""
