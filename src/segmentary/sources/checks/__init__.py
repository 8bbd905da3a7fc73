"""What the quality account looks for, one file per subject."""
