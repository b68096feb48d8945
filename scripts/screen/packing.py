"""Packs the page's files once, as small as can be, so that servers need not pack them at every request."""

from __future__ import annotations

from pathlib import Path

import cramjam

TEXT = (".html", ".js", ".css", ".svg", ".txt", ".json", ".map", ".webmanifest", ".wasm")
LEAST_BYTES = 500
# A sibling that saves less is not worth having.
WORTH = 0.95
ENDINGS = (".br", ".gz")


def pack(folder: Path) -> tuple[int, int]:
    """Write .br and .gz beside the files of text in `folder`: the same bytes from the same files. Bytes of those files, and of the .br."""
    before = after = 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.suffix in ENDINGS and path.with_suffix("").suffix in TEXT:
            path.unlink()  # of an earlier file, or written below
    for path in sorted(path for path in folder.rglob("*") if path.suffix in TEXT and path.is_file()):
        plain = path.read_bytes()
        if len(plain) < LEAST_BYTES:
            continue
        packed = (bytes(cramjam.brotli.compress(plain, 11)), bytes(cramjam.gzip.compress(plain, 9)))
        before, after = before + len(plain), after + min(len(plain), len(packed[0]))
        for body, ending in zip(packed, ENDINGS, strict=True):
            if len(body) < len(plain) * WORTH:
                path.with_name(path.name + ending).write_bytes(body)
    return before, after
