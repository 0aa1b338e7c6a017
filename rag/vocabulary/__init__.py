"""Synonyms and acronyms: what a question calls one thing and a document another."""
