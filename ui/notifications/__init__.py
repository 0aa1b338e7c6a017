"""Notifications: what happened to ideas that concern a person."""
