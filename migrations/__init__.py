"""Alembic's environment and the revisions of the schema: the engine's tables and Flask-AppBuilder's.

`console.migrate.upgrade(url)` runs them; there is no alembic.ini, because the URL comes from the settings.
"""
