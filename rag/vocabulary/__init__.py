"""Words: synonyms and acronyms, stems, and those that say nothing."""
