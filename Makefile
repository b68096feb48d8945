# Two commands to remember: `make demo` and `make test`. Everything else is what they are made of.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := $(foreach d,src tests bench scripts,$(if $(wildcard $(d)/*.py $(d)/*/*.py),$(d))) hatch_build.py

# What the screen is built from. Folders as well: what is taken away is a change of its folder.
SCREEN := src/farthing/_screen/.made
SCREEN_SOURCES := $(shell find ui -maxdepth 1 -type f; find ui/src ui/public; find scripts/screen -name '*.py')

.DEFAULT_GOAL := help
.PHONY: help venv servers screen screen-test api-types pictures demo types lint format check test bench lock docs reference clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Farthing needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)."; \
	  echo "To do: install one and name it, e.g. make venv PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments: its ensurepip is missing."; \
	  echo "To do: install it (Debian, Ubuntu: apt-get install python3-venv; Fedora: dnf install python3-pip), then run make again."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.requirements: requirements/dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.project: pyproject.toml $(VENV)/.requirements
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

venv: $(VENV)/.project ## the Python environment in .venv, from the hash-checked lock file

servers: ## the real servers that some tests start (Debian packages, when root)
	@scripts/system-servers

ui/node_modules/.made: ui/package-lock.json | $(VENV)/.project
	$(BIN)/python -m scripts.screen install

$(SCREEN): ui/node_modules/.made $(filter-out %.test.ts %.test.tsx,$(SCREEN_SOURCES)) | $(VENV)/.project
	$(BIN)/python -m scripts.screen build

screen: $(SCREEN) ## the page, from ui/ into the package; with a Node of its own where the machine has none that is new enough

screen-test: screen build/openapi.json ## types, style and tests of the page
	$(BIN)/python -m scripts.screen node scripts/api-types.js ../build/openapi.json --check
	$(BIN)/python -m scripts.screen run types lint test

.PHONY: build/openapi.json
build/openapi.json: | venv
	@mkdir -p build
	$(BIN)/python -m scripts.openapi >$@

api-types: ui/node_modules/.made build/openapi.json ## the page's types of the API's answers, from the API itself
	$(BIN)/python -m scripts.screen node scripts/api-types.js ../build/openapi.json

pictures: screen ## the pictures of the documentation, of a demo as it is now
	$(BIN)/python -m scripts.screen.pictures docs/pictures

demo: venv screen ## a made-up company that lives: history in a minute, then hour by hour
	$(BIN)/farthing demo

types: venv
	$(BIN)/mypy $(SOURCES)

lint: types
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/lint-imports --no-logo

format: venv ## put the code in shape
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

check: lint screen-test ## linters and the fast tests, in some two minutes
	$(BIN)/pytest -q -m "not slow and not real"

test: lint screen-test servers ## everything
	$(BIN)/pytest -n 2 --durations=15

bench: venv ## the benchmarks; each appends to bench/results.md
	$(BIN)/python -m bench

lock: venv ## write the lock files anew from pyproject.toml
	scripts/lock $(BIN)/pip-compile

reference: venv ## write the generated pages of docs/reference anew
	$(BIN)/python -m scripts.reference

docs: reference ## the documentation as a site in site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

clean: ## everything that can be made again, but for .venv and ui/node_modules
	rm -rf build dist site src/farthing/_screen .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests bench scripts -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
