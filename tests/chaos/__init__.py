"""The chaos run: a portfolio walked through simulated days while engines, desks and database backends are killed.

`python -m tests.chaos --help` says how to run it. The same days are walked twice: once undisturbed by one process, once
by three engines that are killed at random; the two must end in the same state, row by row.
"""
