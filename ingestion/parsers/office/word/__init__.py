"""Word and RTF."""
