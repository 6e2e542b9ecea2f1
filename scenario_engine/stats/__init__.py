"""Numbers: what scenarios and their nodes brought in, read from counters and attributed payments.

Nothing is computed twice: counts come from the engine's counters, money from the attributions.
"""
