"""Documents, right and wrong: `checks.json` holds one table of wrong ones, `strategies` makes random ones."""
