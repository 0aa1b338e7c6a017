"""Measurements of usage: how long its pages take with a million answers."""
