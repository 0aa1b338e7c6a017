"""Shows the number of a spreadsheet cell as its number format says (ECMA-376, 18.8.30 and .31)."""
