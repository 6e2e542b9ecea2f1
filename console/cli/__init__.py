"""The command line: `kaskad COMMAND`, one file for each group of commands.

It turns words and files into calls of `scenario_engine`, and what comes back into tables for a person or JSON for a
script. Beside the web edge it is the only place that reads the clock.
"""

from console.cli.root import main

__all__ = ["main"]
