"""SCIM 2.0 over HTTP: an identity provider creates, changes and deactivates accounts."""
