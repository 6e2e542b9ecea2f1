"""Contact policies: what the law allows, as dated documents in the database.

`pack` reads a document, `shipped` holds those that come with Kaskad, `shelf` finds the one in force at an instant and
`editing` makes new ones, which a second person approves. `windows` and `days` know about time, `guard` answers for one
more contact in SQL, and `reasons` says its answers in words.
"""
