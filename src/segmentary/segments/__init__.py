"""Named definitions and who is in them, now and then."""
