"""Vectors of the chunks in Chroma, which lives in a process of its own or on a server."""
