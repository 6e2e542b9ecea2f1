"""The library of message templates."""
