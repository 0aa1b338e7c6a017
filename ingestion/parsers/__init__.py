"""One small module per format, each with `parse(content, file_name) -> ParsedDocument`."""
