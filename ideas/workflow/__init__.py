"""The way of an idea: which moves there are, who makes them, and what each one takes."""
