"""The REST API, one file a resource: parse, call the engine in one transaction, answer JSON.

`base` has what all of them share: rights, parsing, and the OpenAPI description that comes from the same declaration.
"""
