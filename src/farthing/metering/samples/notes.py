"""What the store tells of itself: each thing once, and only as long as it matters."""

from __future__ import annotations

from farthing.core.ledger import Note
from farthing.core.units import HOUR_SECONDS

from .files import hour_file

KEPT = 50
LEFT_OUT, TENDING = "left out", "tending"


class StoreNotes:
    """Notes by what they are about: a file's name, LEFT_OUT, TENDING. The newest of each; of too many the oldest go."""

    def __init__(self) -> None:
        self._notes: dict[str, tuple[Note, float | None]] = {}

    def told(self) -> list[Note]:
        """All of them."""
        return [note for note, _ in self._notes.values()]

    def tell(self, about: str, text: str, cure: str = "", *, now: float | None = None) -> None:
        """Tell something. now: unix s, for what is told for an hour only."""
        self._notes[about] = (Note(text, cure), now)
        while len(self._notes) > KEPT:
            del self._notes[next(iter(self._notes))]

    def forget(self, about: str) -> None:
        """It is over."""
        self._notes.pop(about, None)

    def tidy(self, oldest: int, now: float) -> None:
        """Forget files of hours before `oldest` (unix s), and what was told for an hour."""
        for about, (_, at) in list(self._notes.items()):
            file = hour_file(about)
            if (file and file.hour < oldest) or (at is not None and abs(now - at) > HOUR_SECONDS):
                del self._notes[about]
