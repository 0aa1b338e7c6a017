"""Idea cards: what people want to do with AI, from the first note on."""
