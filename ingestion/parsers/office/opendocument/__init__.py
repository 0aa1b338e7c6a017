"""OpenDocument: texts, slides and spreadsheets."""
