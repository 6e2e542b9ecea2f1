"""The console as people use it: a real server and engine, a real browser, one login for each role."""
