"""Queries on privacy that several features need: legal holds, files of chats, chats and people that go."""
