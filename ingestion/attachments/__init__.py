"""Files of conversations: attached and read like documents, private, and gone with their chat."""
