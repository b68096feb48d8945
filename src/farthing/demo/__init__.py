"""A company that breathes: its past in a lake, its life as series that are measured, everything answered as of one's own clusters.

Comes in: a folder, how many days back, how fast time goes. Goes out: a warehouse and loops, ready to be served, and the questions
that show what happened there.
"""

from .clock import Clock
from .demo import Demo, Progress
from .folder import Home
from .questions import Shown, Telling, tellings

__all__ = ["Clock", "Demo", "Home", "Progress", "Shown", "Telling", "tellings"]
