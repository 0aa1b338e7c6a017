"""Writes an answer: the best passages word for word, or what a language model may show."""
