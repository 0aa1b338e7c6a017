# The two commands of the README are `make run` and `make test`; `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# torch goes first and alone: the CPU build is enough, and another version would pull gigabytes of
# GPU libraries. Point this at a CPU wheel or index where yours does not serve one by default.
TORCH ?= torch==2.13.0
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help run test check lint types contracts format bench lock clean

help: ## list these commands
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/run ## install what is missing, load the sample documents once, start the app
	@$(BIN)/python sandbox_cli.py setup
	@exec $(BIN)/streamlit run sandbox_app.py

# Files are shared out to processes, two of them unless told otherwise: each loads the models.
PROCESSES ?= 2

test: $(VENV)/dev ## run all tests
	$(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile --cov --cov-report=term:skip-covered

check: lint types contracts test ## everything a change must pass

lint: $(VENV)/dev ## format and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/dev ## strict types
	$(BIN)/mypy .

contracts: $(VENV)/dev ## who may import whom
	$(BIN)/lint-imports

format: $(VENV)/dev ## write the format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/dev ## measurements, written to benchmarks/results
	$(BIN)/python -m benchmarks.golden
	$(BIN)/python -m benchmarks.grounding

lock: ## pin requirements.txt and requirements-dev.txt from the loose lists
	$(PYTHON) -m tools.lock

clean: ## remove the environment; data/local stays
	rm -rf $(VENV)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run: requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet $(TORCH)
	$(BIN)/pip install --quiet -r requirements.txt
	@touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/run
	$(BIN)/pip install --quiet -r requirements-dev.txt
	@touch $@
