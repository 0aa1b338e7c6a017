"""Requests to a language model: how they are built, how long they may be, how they are recorded."""
