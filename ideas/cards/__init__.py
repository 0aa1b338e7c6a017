"""Cards of ideas: drafted, submitted, read, listed, changed, with their files and their origin."""
