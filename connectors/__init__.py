"""Connectors carry messages between the engine's outbox and the outside world, and bring answers back.

One file is one outside system: it speaks the real protocol, and its sandbox mode keeps everything on the machine.
The engine finds them through the entry-point group `kaskad.connectors` and knows only the Protocols of
`scenario_engine.ports`.
"""
