"""Everything that can go wrong, as one tree.

    FarthingError
    ├── UsageError              a question that cannot be asked          exit 2, 400
    │   ├── BadWindow
    │   ├── BadField
    │   ├── BadFilter
    │   ├── BadParameter
    │   ├── BadSamples          samples sent to us that are not readable
    │   ├── UnknownFormat       samples in a format that is not taken            415
    │   ├── TooLarge            a filter or body that is too long                413
    │   ├── StaleCursor         a page of an answer that is no longer so         409
    │   ├── WrongHost           a name that this server does not go by           421
    │   ├── NoToken             a request without a valid token                  401
    │   ├── NotAllowed          what no token of this server may do              403
    │   └── NotOffered          a path of the field that is not answered here    501
    ├── SettingsError           a setting, file or flag that is wrong    exit 3, 500
    │   ├── UnknownSetting
    │   └── BadPriceBook
    ├── SourceError             the server we ask                        exit 4, 502
    │   ├── Unreachable                                                          503
    │   ├── TimedOut                                                             504
    │   ├── Refused             it answers, but not this (4xx)
    │   ├── AccessDenied        wrong or missing credentials
    │   ├── Unreadable          HTML, truncated JSON, another shape
    │   └── BudgetExceeded      more than the settings allow to ask      exit 4, 413
    ├── LakeError               the lake, or the store it lies in         exit 6, 500
    │   ├── LakeUnreachable     no connection, cut off, overloaded                   503
    │   ├── LakeTimedOut        no answer in time                                    504
    │   ├── LakeDenied          the store's credentials do not allow it              502
    │   ├── LakeFull            no space left                                        507
    │   ├── LakeTaken           another writer or agent was first                    409
    │   ├── LakeTooNew          written by a newer version than this
    │   ├── LakeTooOld          written by an older version, to be migrated
    │   ├── LakeDamaged         a file that cannot be read, tables that disagree
    │   ├── ClocksDiffer        this machine's clock and what is recorded contradict
    │   └── BadFacts            rows that the lake cannot take: a bug of ours
    ├── NoData                  the server has nothing of what is needed exit 5, 404
    ├── StorageError            what is kept cannot be written or read   exit 6, 503
    └── LedgerBroken            the books do not close: a bug of ours    exit 70, 500

Each error says what went wrong (with the value), what was expected and what to do about it. `str(error)` is all three.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class FarthingError(Exception):
    """Root of the tree.

    `problem` says what went wrong, with the value; `expected` what would have been right; `cure` what to do.
    """

    exit_code = 1
    http_status = 500

    def __init__(self, problem: str, *, expected: str = "", cure: str = "") -> None:
        self.problem = problem
        self.expected = expected
        self.cure = cure
        parts = [problem]
        if expected:
            parts.append(f"expected: {expected}")
        if cure:
            parts.append(f"to do: {cure}")
        super().__init__("\n".join(parts))


class UsageError(FarthingError):
    """A question that cannot be asked."""

    exit_code = 2
    http_status = 400


class BadWindow(UsageError):
    """A window that is of no known form, or ends before it starts."""


class BadField(UsageError):
    """A field to group, sort or filter by that does not exist."""


class BadParameter(UsageError):
    """A parameter of a request or command that cannot be understood, or two that contradict."""


class TooLarge(UsageError):
    """A text that is longer than what is read."""

    http_status = 413


class BadSamples(UsageError):
    """Samples that were sent or exposed and cannot be read."""


class UnknownFormat(UsageError):
    """A body in a format, version or encoding that is not taken."""

    http_status = 415


class StaleCursor(UsageError):
    """The data changed between two pages of one answer."""

    http_status = 409


class WrongHost(UsageError):
    """A request that asks for another server's name than one of ours."""

    http_status = 421


class NoToken(UsageError):
    """A request that needs a token and has none, or a wrong one."""

    http_status = 401


class NotAllowed(UsageError):
    """A request that may not be made here, with whatever token."""

    http_status = 403


class NotOffered(UsageError):
    """A question that others answer and this server does not."""

    http_status = 501


class BadFilter(UsageError):
    """A filter that does not parse; `position` is the offset of the first wrong character."""

    def __init__(self, problem: str, *, text: str, position: int, expected: str = "", cure: str = "") -> None:
        self.text = text
        self.position = position
        pointer = f"{text}\n{' ' * position}^"
        super().__init__(f"{problem} at position {position}\n{pointer}", expected=expected, cure=cure)


class SettingsError(FarthingError):
    """A setting, settings file or flag that is wrong."""

    exit_code = 3
    http_status = 500


class UnknownSetting(SettingsError):
    """A key that no setting has; names the nearest one that exists."""


class BadPriceBook(SettingsError):
    """A price file that cannot be taken as it is: units, keys, duplicates, values."""


class SourceError(FarthingError):
    """The server that is asked for data fails."""

    exit_code = 4
    http_status = 502


class Unreachable(SourceError):
    """No connection: name, port, TLS, proxy."""

    http_status = 503


class TimedOut(SourceError):
    """No answer in time."""

    http_status = 504


class Refused(SourceError):
    """The server answers, but not this question (4xx other than access)."""


class AccessDenied(SourceError):
    """401 or 403: wrong or missing credentials."""


class Unreadable(SourceError):
    """An answer that is not what the API promises: HTML, truncated JSON, another shape."""


class BudgetExceeded(SourceError):
    """The question would need more queries, series or samples than the settings allow."""

    http_status = 413


class LakeError(FarthingError):
    """The lake, or the object store that it lies in, fails."""

    exit_code = 6
    http_status = 500


class LakeUnreachable(LakeError):
    """No connection, one that was cut, or a store that is overloaded (503, SlowDown)."""

    http_status = 503


class LakeTimedOut(LakeError):
    """The store gave no answer in time."""

    http_status = 504


class LakeDenied(LakeError):
    """The store does not let these credentials do it."""

    http_status = 502


class LakeFull(LakeError):
    """No space left where the lake lies. What was committed before is whole."""

    http_status = 507


class LakeTaken(LakeError):
    """Another writer committed first, or another agent holds the cluster."""

    http_status = 409


class LakeTooNew(LakeError):
    """A table that a newer version of farthing wrote."""


class LakeTooOld(LakeError):
    """A table that an older version of farthing wrote, and that has to be migrated."""


class LakeDamaged(LakeError):
    """A file of the lake that cannot be read, or tables of it that contradict each other."""


class ClocksDiffer(LakeError):
    """The time of this machine lies before what is already recorded."""


class BadFacts(LakeError):
    """Facts that the lake cannot take: rows of another cluster, outside the hours, twice, not finite. Always a bug of ours."""


class NoData(FarthingError):
    """The server has nothing of what is needed."""

    exit_code = 5
    http_status = 404


class StorageError(FarthingError):
    """What is kept (lake, warehouse, samples) cannot be written or read."""

    exit_code = 6
    http_status = 503


class LedgerBroken(FarthingError):
    """The books do not close. Never shown as a number; always a bug of ours."""

    exit_code = 70


def nearest(word: str, valid: Iterable[str]) -> str:
    """`valid` as a readable list, led by the closest to `word` where one is close.

    >>> nearest("namspace", ["cluster", "namespace"])
    'did you mean namespace? One of cluster, namespace'
    """
    names = sorted(valid)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    lead = f"did you mean {close[0]}? " if close else ""
    return f"{lead}One of {', '.join(names)}" if lead else f"one of {', '.join(names)}"
