"""Pictures and documents, one chart definition for notebook, page and file."""
