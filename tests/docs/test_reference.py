"""Generated pages are fresh and complete; links and examples in docs/ hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from farthing.core import errors
from farthing.core.schema import TABLES
from farthing.core.settings_keys import settings_reference
from scripts.reference import FOLDER, PAGES, Page

DOCS = FOLDER.parent
WRITTEN = sorted(DOCS.rglob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.file)
def test_page_is_fresh(page: Page) -> None:
    path = FOLDER / page.file
    assert path.is_file(), f"{path} is missing: run make reference"
    assert path.read_text(encoding="utf-8") == page.text(), f"{path} is stale: run make reference"


def test_every_file_of_the_reference_is_generated() -> None:
    assert {path.name for path in FOLDER.glob("*.md")} == {page.file for page in PAGES}


def text_of(file: str) -> str:
    return (FOLDER / file).read_text(encoding="utf-8")


def test_every_setting_is_told() -> None:
    page = text_of("settings.md")
    for row in settings_reference():
        assert f"`{row.key}`" in page
        assert row.environment in page


def test_every_column_is_told() -> None:
    page = text_of("tables.md")
    for table in TABLES:
        section = page.split(f"## {table.name}\n")[1].split("\n## ")[0]
        for column in table.columns:
            assert f"| `{column.name}` |" in section, f"{table.name}.{column.name}"
            assert column.doc, f"{table.name}.{column.name} has no doc line"


def test_every_error_is_told() -> None:
    page = text_of("errors.md")
    names = [name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.FarthingError)]
    assert len(names) > 10
    for name in names:
        assert f"`{name}`" in page


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(DOCS)))
def test_links_lead_somewhere(path: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(#[^)\s]*)?\)", path.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), f"{path.name} links to {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
            assert anchor[1:] in slugs, f"{path.name} links to {target}{anchor}"


def test_every_page_is_in_the_navigation() -> None:
    site = yaml.safe_load((DOCS.parent / "mkdocs.yml").read_text())
    listed = set(re.findall(r"[\w/\-]+\.md", str(site["nav"])))
    assert listed == {str(path.relative_to(DOCS)) for path in WRITTEN}


def test_docstrings_cite_sections_that_exist() -> None:
    """`ledger 2` in a docstring is section 2 of docs/ledger.md."""
    sections = set(re.findall(r"^## (\d+)\. ", (DOCS / "ledger.md").read_text(), re.MULTILINE))
    cited = set()
    for path in (DOCS.parent / "src").rglob("*.py"):
        cited |= set(re.findall(r"\bledger (\d+)\b", path.read_text(encoding="utf-8")))
    assert cited
    assert cited <= sections
