"""The console's kinds of long jobs, one file a kind (`catalogue` lists them), and the queue that may carry them.

How a job runs, is cancelled and taken over is the business of `scenario_engine.jobs`.
"""
