"""Contact policies."""
