"""The command line, run in this process as a person or a script would run it."""
