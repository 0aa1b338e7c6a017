"""Alembic environment and numbered migrations."""
