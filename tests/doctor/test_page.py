"""The reference page of checks is complete; that its file is fresh is tested with the other pages."""

from __future__ import annotations

import re

from farthing.doctor import CHECKS, page


def test_every_check_is_told_with_its_cure() -> None:
    sections = re.split(r"^## ", page(), flags=re.MULTILINE)[1:]
    assert len(sections) == len(CHECKS) > 25
    for check, section in zip(CHECKS, sections, strict=True):
        assert section.lower().startswith(f"{check.name}\n")
        assert check.doc in section
        assert f"To do: {check.cure}." in section


def test_names_are_unique_and_texts_are_sentences_that_the_page_can_end() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert check.doc.endswith("."), check.name
        assert not check.cure.endswith("."), check.name
