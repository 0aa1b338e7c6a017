"""The language model writes: asked with as much as it can read, shown only what is an answer."""
