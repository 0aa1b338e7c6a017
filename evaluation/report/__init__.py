"""A run for readers: tables for the terminal, one self-contained HTML page."""
