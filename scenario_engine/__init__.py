"""The domain and the engine of Kaskad: loans, scenarios, and what happens to them.

It knows nothing of the web and of outside systems; `ports` says what it expects of them.
Time, actor and randomness are arguments everywhere; only `engine.scheduler` looks at a clock.
"""
