"""A file becomes passages, in a child process; free of imports so that the child starts fast."""
