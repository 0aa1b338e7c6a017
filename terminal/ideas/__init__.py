"""Ideas: cards and moves, similar ones, reviews, views and files."""
