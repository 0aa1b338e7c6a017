"""The audit log: what was done, proof that nothing of it was changed, and who read whose texts."""
