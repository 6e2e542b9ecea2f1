"""The shapes of answers, by resource: what the OpenAPI description promises and tests compare answers with."""
