# `make serve` and `make test` need nothing but git, make and Python 3.11 to 3.15.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

# In the tests, machine code checks bounds in the loops of indexing, too; it is kept apart from that of the installation.
TESTING := NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=$(CURDIR)/.pytest_cache/machine-code

.PHONY: serve prepare test check clean

serve: $(VENV)/.installed
	@$(BIN)/kb serve corpus --index index

prepare: $(VENV)/.installed
	@$(BIN)/kb prepare

test: $(VENV)/.installed-tests
	@echo "make test: preparing what the tests run"
	@$(TESTING) $(BIN)/kb prepare
	@echo "make test: running the tests, about 5 minutes on two cores"
	@$(TESTING) $(BIN)/pytest -n auto

check: $(VENV)/.installed-tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 16) else "kb needs Python 3.11 to 3.15, this is " + sys.version.split()[0])'
	@echo "make: making $(VENV), once"
	@$(PYTHON) -m venv --upgrade-deps $(VENV)

$(VENV)/.installed: $(VENV)/bin/pip setup.cfg pyproject.toml
	@echo "make: installing kb, once, about a minute"
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-tests: $(VENV)/bin/pip setup.cfg pyproject.toml
	@echo "make: installing kb and what its tests need, once, about a minute"
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ $(VENV)/.installed
