"""What work with many ideas takes: similar ones while someone types, views of all of them."""
