"""The life of a version: waiting, read, indexed, answering, replaced, deleted."""
