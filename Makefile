# The two commands of the README are `make run` and `make test`; `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# torch goes first and alone, since the CPU build is enough. On Linux the ordinary index serves one with
# gigabytes of GPU libraries; where pip is not told of an index of yours, PyTorch's own has the small one.
TORCH ?= torch==2.13.0
TORCH_INDEX ?= $(shell uname -s | grep -q Linux \
  && ! $(BIN)/pip config list | grep -qE '(index-url|find-links|no-index)=' \
  && echo https://download.pytorch.org/whl/cpu)
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help run demo test test-security coverage check lint types contracts format bench migration lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-15s%s\n", $$1, $$2 }' Makefile

run: $(VENV)/run ## install what is missing, load the sample documents once, start the app
	@exec $(BIN)/python sandbox_cli.py run

demo: $(VENV)/run ## load the sample documents and a made-up year; `sandbox_cli.py demo remove --yes` undoes it
	@$(BIN)/python sandbox_cli.py setup
	@$(BIN)/python sandbox_cli.py demo load

# Files are shared out to processes, two of them unless told otherwise: each loads the models.
PROCESSES ?= 2

test: $(VENV)/dev ## run all tests
	$(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile $(PYTEST)

test-security: $(VENV)/dev ## run the tests that docs/security.md names
	$(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile $(PYTEST) $$($(BIN)/python -m tools.security_tests)

coverage: ## run all tests and list the lines that none of them runs
	$(MAKE) test PYTEST="--cov --cov-report=term-missing:skip-covered"

check: lint types contracts test ## run everything a change must pass

lint: $(VENV)/dev ## check the format and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/dev ## check the types
	$(BIN)/mypy

contracts: $(VENV)/dev ## check who may import whom
	$(BIN)/lint-imports

format: $(VENV)/dev ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/dev ## measure, and write to benchmarks/results
	$(BIN)/python -m benchmarks.golden
	$(BIN)/python -m benchmarks.grounding

migration: $(VENV)/dev ## write the next migration from the tables in code; NAME="what changes"
	$(BIN)/python -m tools.migration "$(NAME)"

lock: $(VENV)/dev ## pin the requirements of pyproject.toml; UPGRADE=1 takes the newest
	PATH="$(BIN):$$PATH" $(BIN)/python -m tools.lock

clean: ## remove the environment; keep data/local
	rm -rf $(VENV)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "GenAI Sandbox needs Python 3.11 or newer, and $(PYTHON) is not. Nothing was installed."; \
	  echo "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The list is complete, so pip need not look for what packages need: the pip of Python 3.11 takes no
# pin of a package for `package[extra]` once an index serves a newer one.
$(VENV)/run: requirements.lock | $(VENV)/bin/python
	$(BIN)/pip install --quiet $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) $(TORCH)
	$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements.lock
	@touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/run
	$(BIN)/pip install --quiet -r requirements-dev.txt
	@touch $@
