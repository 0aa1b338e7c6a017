"""My data: everything that is held about a person, exported or deleted by themselves."""
