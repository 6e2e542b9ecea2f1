"""Pages that the server renders: the shell of the application, errors, and Flask-AppBuilder's administration."""
