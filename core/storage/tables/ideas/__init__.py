"""The tables of ideas: cards, their way, reviews, the life around them, and campaigns."""
