"""Ideas as files: CSV and Excel of any view, a page for the committee, the portfolio as PDF."""
