"""What is printed: text, tables and pictures become a PDF."""
