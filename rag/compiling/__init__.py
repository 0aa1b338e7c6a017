"""Compiles answers from whole documents and tables: outlines, changes, lists, definitions."""
