"""Parts that all pages of ideas draw: words, fields, files, votes and rows of lists."""
