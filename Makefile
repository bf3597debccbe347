# make run    the five raw dumps of fixtures/raw through the flow into output/
# make test   all tests
# make lint   style and types
# make lock   renew the lock files, after a change of the dependencies in pyproject.toml
# make train  train labeller and metadata weights: BENCH=folder of the benchmark, WORK=folder for what it needs on the way (8 GB)
# make bench  the table of quality and speed, with the fold models of `make train`: BENCH and WORK as above
# make figures  the tables of decoding and of language: BENCH as above
# make docs   renew what is generated in docs/
# make clean  remove the environment and the caches; output/ stays
#
# The first use makes .venv with what is locked, by hash; later ones start at once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# The locks are whole, so nothing is resolved; `pip check` sees that nothing is missing.
LOCKED := $(PIP) install --require-hashes --no-deps --requirement
COMPILE := $(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --quiet --custom-compile-command "make lock"

BENCH ?= $(error say where the benchmark is: make $@ BENCH=folder WORK=folder)
WORK ?= $(error say where to put what is needed on the way: make $@ BENCH=folder WORK=folder)

.PHONY: run test lint lock figures docs clean train bench
.DELETE_ON_ERROR:

run: $(VENV)/run.stamp
	$(BIN)/copydesk run fixtures/raw --output output

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest

lint: $(VENV)/test.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

train: $(VENV)/train.stamp
	$(BIN)/python -m benchmarks.train $(BENCH) --work $(WORK) --kind text
	$(BIN)/python -m benchmarks.train $(BENCH) --work $(WORK) --kind html
	$(BIN)/python -m benchmarks.train_metadata $(BENCH) --work $(WORK) --models $(WORK)

bench: $(VENV)/train.stamp
	$(BIN)/python -m benchmarks.bench $(BENCH) --work $(WORK)

figures: $(VENV)/train.stamp
	$(BIN)/python -m benchmarks.decode $(BENCH)
	$(BIN)/python -m benchmarks.lid $(BENCH)

docs: $(VENV)/test.stamp
	$(BIN)/python docs/refresh.py

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "copydesk needs Python 3.11 or later; call make with PYTHON=python3.12, say")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(LOCKED) requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	$(PIP) check
	@touch $@

$(VENV)/test.stamp: requirements-dev.lock $(VENV)/run.stamp
	$(LOCKED) requirements-dev.lock
	$(PIP) check
	@touch $@

$(VENV)/train.stamp: requirements-train.lock $(VENV)/test.stamp
	$(LOCKED) requirements-train.lock
	$(PIP) check
	@touch $@

lock: $(VENV)/bin/python
	$(PIP) install 'uv>=0.5'
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	$(COMPILE) --group train --constraint requirements-dev.lock --output-file requirements-train.lock

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
