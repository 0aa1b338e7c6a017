"""Whether drift monitors stay quiet in ordinary weeks and notice what was planted."""
