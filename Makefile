# Open Hall: `make demo` shows it, `make test` proves it. Both set everything up first, and both can be repeated or interrupted.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
TESTED := $(VENV)/.ready-test

.DELETE_ON_ERROR:
.PHONY: help setup demo test bench lint clean browser

help:
	@echo "make demo    set up, run the main job, serve the pages (Ctrl-C stops)"
	@echo "make test    set up and pass the tests"
	@echo "make setup   set up only"
	@echo "make lint    ruff, mypy and import-linter only"
	@echo "make bench   the benchmarks, one figure a line"
	@echo "make clean   remove the environment, the demonstration's data and all caches"

setup: $(READY)

# The stamp is written last, so an interrupted set-up is begun again.
$(READY): pyproject.toml constraints.txt .ci/setup
	@PYTHON="$(PYTHON)" .ci/setup "$(VENV)" .
	@echo "compiling the simulation (once) ..."
	@$(BIN)/openhall simulate potou-2022 --replications 1 --json - >/dev/null
	@touch $@
	@echo "set up in $(VENV)"

$(TESTED): $(READY)
	@PYTHON="$(PYTHON)" .ci/setup "$(VENV)" '.[test]'
	@touch $@

demo: $(READY)
	@OPENHALL_HOME="$${OPENHALL_HOME:-.openhall/demo}" exec $(BIN)/openhall demo

browser:
	@.ci/browser

lint: $(TESTED)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: $(TESTED) browser lint
	@$(BIN)/pytest -n 2

bench: $(TESTED)
	@$(BIN)/python -m tests.benchmarks.bench
	@$(BIN)/python -m tests.benchmarks.studies

clean:
	rm -rf $(VENV) .openhall build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
