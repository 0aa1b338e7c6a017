"""Queries on governance that several features need: who has to acknowledge the policy."""
