"""What the pages read: selects over the models, kept apart from the routes that answer with them.

Every function takes the session and the actor, and shows only what the actor may see.
"""
