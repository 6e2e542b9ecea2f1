"""The engine once more: slow, one case at a time, plain Python. What it says is what the compiled engine must do.

It knows the scenario document, the registry and what the node types promise, and nothing of plans, stages, codes of
paths or SQL. Only pure functions are shared with the product: params with their defaults, the order of nodes, and local
moments.
"""
