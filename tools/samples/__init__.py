"""Sources and builder of the fictional sample knowledge base."""
