"""What a file is: name, kind, encoding, what an archive holds, whether it is safe to open."""
