"""Queries on privacy that several features need: legal holds, chats and people that go."""
