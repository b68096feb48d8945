"""The command line.

Comes in: arguments, environment, a settings file. Goes out: tables, documents, messages and an exit code.
"""

from .app import commands, main
from .exports import FIELDS

__all__ = ["FIELDS", "commands", "main"]
