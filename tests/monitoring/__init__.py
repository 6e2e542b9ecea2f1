"""Rules that watch over the registry."""
