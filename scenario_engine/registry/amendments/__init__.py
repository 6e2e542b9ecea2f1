"""Changes of a loan's contract after its issue: new schedule, later due day, pauses, judgment, write-off, sale.

A kind says what it asks for, refuses what may not be, and plans an `Amended` for the ledger; `desk` does the rest alike
for all of them. New kinds are one file and one line in `catalogue`.
"""
