"""Usage: questions, cost, where they come from, and what stays unanswered."""
