"""Decides whether a sentence is supported: by words, entailment or a language model."""
