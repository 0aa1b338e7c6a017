"""The door to every model request: what is turned off, what may be spent, and what it came to."""
