"""Queries on privacy that several features need: legal holds, chats, files and people that go."""
