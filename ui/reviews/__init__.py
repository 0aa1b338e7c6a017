"""Document reviews: what an owner has to look at again."""
