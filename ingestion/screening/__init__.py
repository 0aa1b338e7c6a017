"""What a document may hide or disclose: found before anybody can search it."""
