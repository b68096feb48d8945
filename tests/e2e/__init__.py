"""The screen as its readers have it: the built page, served by a real Farthing, in a real browser.

`conftest.py` starts the demo, once for all workers of a run, and the browser. `screen.py` opens pages and watches them: whatever the
browser complains of and a test did not expect fails the test. `table.py` reads what a table shows, `figures.py` says what it should show.
"""
