"""The terminal commands; the same services as the web app."""
