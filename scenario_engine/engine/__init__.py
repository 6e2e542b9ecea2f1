"""The engine: published versions are compiled into set-based statements that move all due cases of a batch at once.

Everything a batch does (cases, trails, counters, messages, tasks, audit) is one transaction. Nothing here knows the
time; only `scheduler` does, and it is the only module that may import apscheduler.
"""
