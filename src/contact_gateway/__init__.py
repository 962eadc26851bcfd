"""A GraphQL gateway over the contact groups of a REST API."""
