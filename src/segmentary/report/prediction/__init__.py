"""The report of a prediction: how good it is, what it rests on, whom it speaks of, when not to trust it."""
