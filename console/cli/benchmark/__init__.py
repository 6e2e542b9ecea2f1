"""The benchmark: a made-up registry of any size, the engine's work on it, and beside each measure the raw limit of the
same database: the bare statements that write the same rows into tables with the same indexes.
"""
