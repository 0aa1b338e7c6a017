"""Who decides whether a sentence is supported."""
