"""Revisions, oldest first by number. A revision that has left the house is never edited."""
