"""Rules that watch over the registry once a day: each raises a signal for the loans for which it begins to hold.

`rulebook` keeps the rules and their history, `look` evaluates them for all loans at once, `trial` tells how often a
rule would have fired on days that are past.
"""
