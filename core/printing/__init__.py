"""What is printed or handed on: text, tables and pictures become PDF, Excel and CSV files."""
