"""Values of an idea: its card, its way, its reviews and risk, and the life around it."""
