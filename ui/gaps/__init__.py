"""Knowledge gaps: questions that the documents do not answer."""
