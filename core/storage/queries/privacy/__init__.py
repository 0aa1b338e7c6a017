"""Queries on privacy that several features need: legal holds, chats and their files, people that go."""
