"""Tests of the console's back-end, through its HTTP interface."""
