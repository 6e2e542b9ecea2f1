"""Node types, one file each: palette, form, handles, checks, execution and statistics follow from that file.

`base` is the contract, `catalogue` finds the types through the entry-point group ``kaskad.nodes``.
"""
