"""The import of loans and payments from files."""
