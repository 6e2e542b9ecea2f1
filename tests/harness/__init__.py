"""What the tests need from the machine: a PostgreSQL server, a browser, and servers of the outside world.

All are found or brought by the tests themselves, so that a fresh clone needs Python alone.
`tests/conftest.py` turns the first two into fixtures.
"""
