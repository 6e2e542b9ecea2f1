"""SMPP 3.4, as centres of phone companies and aggregators speak it."""
