"""Filter text → tokens that know where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from farthing.core.errors import BadFilter, TooLarge

MAX_FILTER_CHARACTERS = 65_536

# Longest first: `!~:` must not be read as `!` and `~:`.
OPERATORS = ("!<~:", "!~>:", "!~:", "<~:", "~>:", "!:", "~:", ":")
PUNCTUATION = {"+": "plus", "|": "pipe", "(": "open", ")": "close", ",": "comma"}
WORD_ENDS = frozenset('+|(),"[] \t\r\n')
WORD_FORBIDS = frozenset("!~<>\\")
ESCAPES = {'"': '"', "\\": "\\"}


class Kind(StrEnum):
    """What a token is."""

    NAME = "field"
    KEY = "[key]"
    OPERATOR = "operator"
    VALUE = "value"
    PLUS = "plus"
    PIPE = "pipe"
    OPEN = "open"
    CLOSE = "close"
    COMMA = "comma"
    END = "end"


@dataclass(frozen=True)
class Token:
    """A piece of the text; `text` is what it means (quotes and escapes removed), `position` where it begins."""

    kind: Kind
    text: str
    position: int


def tokens(text: str) -> list[Token]:
    """The tokens of `text`, the last one of kind END.

    Raises BadFilter with the position of the first character that begins no token, TooLarge over 65,536 characters.
    """
    if len(text) > MAX_FILTER_CHARACTERS:
        raise TooLarge(
            f"the filter has {len(text)} characters",
            expected=f"at most {MAX_FILTER_CHARACTERS}",
            cure='use fewer values, a prefix (namespace<~:"team-") or a label',
        )
    return list(_scan(text))


def _scan(text: str) -> Iterator[Token]:
    at, after_value_sign = 0, False
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
            continue
        operator = None if after_value_sign else next((o for o in OPERATORS if text.startswith(o, at)), None)
        if operator:
            yield Token(Kind.OPERATOR, operator, at)
            at, after_value_sign = at + len(operator), True
        elif char == '"':
            value, end = _quoted(text, at)
            yield Token(Kind.VALUE, value, at)
            at, after_value_sign = end, False
        elif char == "[":
            key, end = _bracketed(text, at)
            yield Token(Kind.KEY, key, at)
            at = end
        elif char in PUNCTUATION:
            yield Token(Kind(PUNCTUATION[char]), char, at)
            at, after_value_sign = at + 1, char == ","
        else:
            word, end = _word(text, at, value=after_value_sign)
            yield Token(Kind.VALUE if after_value_sign else Kind.NAME, word, at)
            at, after_value_sign = end, False
    yield Token(Kind.END, "", len(text))


def _quoted(text: str, start: int) -> tuple[str, int]:
    out: list[str] = []
    at = start + 1
    while at < len(text):
        char = text[at]
        if char == '"':
            return "".join(out), at + 1
        if char == "\\" and at + 1 < len(text) and text[at + 1] in ESCAPES:
            out.append(ESCAPES[text[at + 1]])
            at += 2
            continue
        out.append(char)
        at += 1
    cure = 'write \\" for a quote inside a value'
    raise BadFilter("a quoted value has no end", text=text, position=start, expected='a closing "', cure=cure)


def _bracketed(text: str, start: int) -> tuple[str, int]:
    if text.startswith('["', start):
        key, end = _quoted(text, start + 1)
        if not text.startswith("]", end):
            raise BadFilter("a key in brackets has no end", text=text, position=end, expected="]")
        return key, end + 1
    end = text.find("]", start)
    if end < 0:
        raise BadFilter("a key in brackets has no end", text=text, position=start, expected="]")
    key = text[start + 1 : end].strip()
    if not key:
        raise BadFilter("a key in brackets is empty", text=text, position=start + 1, expected="a key, as in label[team]")
    return key, end + 1


def _word(text: str, start: int, *, value: bool) -> tuple[str, int]:
    at = start
    while at < len(text) and text[at] not in WORD_ENDS and text[at] not in WORD_FORBIDS and (value or text[at] != ":"):
        at += 1
    if at == start or (value and at < len(text) and text[at] in WORD_FORBIDS):
        expected = "a value in double quotes" if value else "a field name, an operator, + (and), | (or) or a parenthesis"
        raise BadFilter(f"unexpected {text[at]!r}", text=text, position=at, expected=expected)
    return text[start:at], at
