"""Import of loans and payments from CSV and XLSX: all of a file, or none of it.

`look` says what a file holds, `propose` which column becomes what, `check_mapping` what is wrong with that; `start`
notes an import and `run` does it. Rows are read as a stream into a temporary table, compared with the registry by
SQL, and moved in one transaction, so memory does not grow with the file and a kill leaves nothing half-written.
"""

from scenario_engine.registry.imports.layout import Column, FileLook
from scenario_engine.registry.imports.mapping import OPTIONS, Proposal, check_mapping, doubts, propose
from scenario_engine.registry.imports.outcome import Outcome, problems_csv
from scenario_engine.registry.imports.process import run, start, start_over
from scenario_engine.registry.imports.source import FileRows, look
from scenario_engine.registry.imports.targets import TARGETS, Target
from scenario_engine.registry.imports.text_file import ENCODINGS, SEPARATORS

__all__ = [
    "ENCODINGS",
    "OPTIONS",
    "SEPARATORS",
    "TARGETS",
    "Column",
    "FileLook",
    "FileRows",
    "Outcome",
    "Proposal",
    "Target",
    "check_mapping",
    "doubts",
    "look",
    "problems_csv",
    "propose",
    "run",
    "start",
    "start_over",
]
