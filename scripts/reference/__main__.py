"""Write every reference page anew: python -m scripts.reference."""

from . import FOLDER, PAGES

FOLDER.mkdir(parents=True, exist_ok=True)
for page in PAGES:
    (FOLDER / page.file).write_text(page.text(), encoding="utf-8")
    print(f"docs/reference/{page.file}")
