"""The screening for what a document hides or discloses, before anybody can search it."""
