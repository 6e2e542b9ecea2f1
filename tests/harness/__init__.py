"""What the tests need from the machine: a PostgreSQL server and a browser.

Both are found or brought by the tests themselves, so that a fresh clone needs Python alone.
`tests/conftest.py` turns them into fixtures.
"""
