"""What must never be lost: accepted files, definitions and their versions, runs, decisions."""
