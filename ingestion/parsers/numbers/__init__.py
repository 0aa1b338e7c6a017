"""Numbers of spreadsheet cells as their formats show them (ECMA-376, 18.8.30 and .31)."""
