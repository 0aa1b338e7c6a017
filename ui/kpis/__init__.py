"""KPIs: the board's figures, and their files."""
