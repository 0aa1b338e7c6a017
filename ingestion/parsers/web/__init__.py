"""HTML, Markdown, XML and e-books."""
