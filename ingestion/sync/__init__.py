"""The sync of a collection with a folder."""
