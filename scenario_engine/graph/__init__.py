"""The scenario document: its shape, the graph it stands for, and everything that can be wrong with it.

A document is the JSON that the canvas draws. Node types are met through the Protocols in `kinds`, so this package knows
none of them.
"""
