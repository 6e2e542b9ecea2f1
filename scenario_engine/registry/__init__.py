"""The loan registry at work: delinquency, payments, promises, imports of files and the invented demo
portfolio.

Everything is set-based: a call is a handful of statements however many loans it concerns. Time comes as
arguments, days are days of the portfolio's time zone, money is integer kopecks.
"""
