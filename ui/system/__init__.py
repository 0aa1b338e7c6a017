"""System: whether everything works."""
