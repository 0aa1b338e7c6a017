"""Usage: questions, cost and what stays unanswered."""
