"""The condition language: which fields a rule may ask about, how it becomes SQL, and how it reads in words.

A rule is react-querybuilder's JSON. It compiles to one SQLAlchemy expression, and that expression is the
only evaluator: the batch, the single loan, the count in the editor and the back-test all run it. The contact
policy lives beside.
"""
