"""A chatbot that can only say what was approved: a pure engine of turns."""
