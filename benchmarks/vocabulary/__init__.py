"""What synonyms and acronyms change, by their weight."""
