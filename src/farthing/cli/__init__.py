"""The command line.

Comes in: arguments, environment, a settings file. Goes out: tables, documents, messages and an exit code.
"""

from .app import main

__all__ = ["main"]
