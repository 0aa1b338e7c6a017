"""Notifications: what happened to ideas and questions that concern a person."""
