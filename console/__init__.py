"""The console is what people use: the Flask and Flask-AppBuilder application, its API, and the command line.

It signs people in, checks what they may do, and turns requests into calls of `scenario_engine`.
It holds no rule of the domain: numbers, states and checks come from the engine.
"""
