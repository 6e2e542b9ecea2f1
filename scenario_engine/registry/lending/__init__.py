"""Lending on one's own terms: what a product asks, what the law allows it to ask, and what a borrower would pay.

Pure calculation over integer kopecks and days; only `products` touches the database. What the law limits is dated data
in `law`, so a loan is judged by the day on which it was made.
"""
