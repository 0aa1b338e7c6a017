"""Views of all ideas at once: matrix, board, ranking, roadmap, two ideas side by side."""
