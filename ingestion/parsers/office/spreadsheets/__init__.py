"""Excel, and the grids of all spreadsheets."""
