"""How texts are built: sentences, lists, tables and numbers, in documents and questions alike."""
