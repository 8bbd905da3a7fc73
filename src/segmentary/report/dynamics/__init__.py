"""The report of how segments change: sizes, moves, forecasts, drift, tenure, who is about to leave."""
