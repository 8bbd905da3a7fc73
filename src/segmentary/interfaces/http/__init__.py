"""The HTTP interface: `/api/v1` for programs, and what the web pages stand on."""
