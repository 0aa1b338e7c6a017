"""PDF: text, layout, tables, forms and scans of a page."""
