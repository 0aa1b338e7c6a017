"""Signals of the embedding model that may tell questions with an answer from those without.

None does better than the strength that rag.reading.evidence computes: of those held out, no signal
alone, beside it or together with others gains .05 in AUC on both sets, and most lose on all sets
to develop with. The one gain, of late interaction on employees_held_out (+.08), is a loss of as
much as .05 on the four other sets. See benchmarks/results/unanswerable.md.
"""
