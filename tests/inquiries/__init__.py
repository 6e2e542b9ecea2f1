"""Questions to outside registers."""
