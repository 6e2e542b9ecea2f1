"""How a borrower may be reached, and what the borrower has said about it: points, consents, refusals, third parties."""
