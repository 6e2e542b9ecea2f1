"""The tests mirror the packages; `e2e` drives a real browser and `harness` brings what they need."""
