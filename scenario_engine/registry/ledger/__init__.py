"""The ledger of loans that are serviced here.

`fold` says what events do to a loan, one loan at a time; `roll` does the same to all loans of a day inside the
database. `acts` writes what people and payments do. An account is always the sum of its events.
"""
