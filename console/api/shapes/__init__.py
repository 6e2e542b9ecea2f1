"""The shapes of answers, by resource: what the OpenAPI description promises, and what the tests compare answers with."""
