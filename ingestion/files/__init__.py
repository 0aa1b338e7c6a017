"""The nature of a file: name, format, encoding, contents of archives, and whether it is safe."""
