"""The web pages: rendered by the server, readable without JavaScript, livelier with it."""
