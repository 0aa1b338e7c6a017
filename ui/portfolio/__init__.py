"""Portfolio: all ideas on the matrix, by state, in order, beside each other and over time."""
