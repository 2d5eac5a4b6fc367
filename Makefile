# Strings the commands together; each of them works on its own too (see README). Needs Python
# 3.11-3.14, make and git.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The newest Python that can make an environment; else the newest that cannot, so that the set-up
# can say what it lacks.
PYTHON ?= $(shell for needs in ensurepip sys; \
  do for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$p -c "import sys, $$needs; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))" \
	  2>/dev/null && echo $$p && break 2; done; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
ADAPTER := $(shell find dbt_mysql_adapter/src dbt_mysql_adapter/pyproject.toml -type f -not \
  -name '*.pyc')

.PHONY: help run test test-fast test-all test-spark mutate build serve docs export employer \
	check-sources bench validate validate-llm fault-injection lint format docs-site

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/run  ## set up if needed, build, serve on http://127.0.0.1:8000
	@$(BIN)/python -m api --check
	@$(BIN)/python -m loader land || { status=$$?; \
	  [ $$status = 2 ] && [ -z "$${ONET_SOURCE:-}" ] \
	    && release=$$($(BIN)/python -m dbt_onet published) && [[ $$release =~ ^(|sample)$$ ]] \
	    || exit $$status; \
	  printf '\n%s\n%s\n%s\n\n' \
	    '****************************************************************************' \
	    '*  NO O*NET RELEASE: going on with the hand-made SAMPLE. Ratings are invented.' \
	    '****************************************************************************' >&2; \
	  $(BIN)/python -m loader land sample; }
	@$(MAKE) --no-print-directory supplement publish BUILD=--docs
	@exec $(BIN)/python -m api

build: $(VENV)/run  ## land, build, test, publish (ONET_SOURCE: release number, latest, zip, folder, URL or sample)
	@$(BIN)/python -m loader land
	@$(MAKE) --no-print-directory supplement publish

# Says what it brought. A service that cannot be reached (2) stops nothing: what earlier runs
# brought is there.
.PHONY: supplement
supplement: $(VENV)/run
	@[ -z "$${ONET_API_KEY:-}$${ONET_API_KEY_FILE:-}" ] \
	  || $(BIN)/python -m loader supplement --missing || [ $$? = 2 ]

# What is published already, by this very project from these very rows, is left alone:
# `python -m dbt_onet build` builds regardless.
.PHONY: publish
publish: $(VENV)/run
	@$(BIN)/python -m dbt_onet build --if-changed $(BUILD)
	@$(BIN)/python -m loader prune

serve: $(VENV)/run  ## serve what is published
	@exec $(BIN)/python -m api

docs: $(VENV)/run  ## dbt docs, served under /schema
	@$(BIN)/python -m dbt_onet docs

export: $(VENV)/run  ## what is published, as Parquet and CSV with checksums and licence (FOLDER: where to)
	@$(BIN)/python -m dbt_onet export $(FOLDER)

check-sources: $(VENV)/run  ## which newer O*NET release or BLS vintage exists, and what it would change
	@$(BIN)/python -m loader check-sources

employer: $(VENV)/run  ## an employer's rosters, plans and claims, apart from O*NET (EMPLOYER_SOURCE: a folder) → outputs/
	@$(BIN)/python -m loader employer
	@[ -z "$${ENRICH_URL:-}" ] || $(BIN)/python -m loader enrich || [ $$? = 2 ]
	@$(BIN)/python -m dbt_employer build

# Each of the tests' few hundred processes would compile the project anew.
export PYTHONDONTWRITEBYTECODE :=
# TEST_OPTIONS: more for pytest. What the marks mean is said in pyproject.toml.
PYTEST := $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadscope \
  --no-loadscope-reorder --slowest 20
test: $(VENV)/test  ## set up if needed, what every change must pass; MySQL's where mysqld is on the PATH or in MYSQLD
	@$(PYTEST) -m "not slow and not containers" $(TEST_OPTIONS)

test-fast: $(VENV)/test  ## of these, what needs no MySQL, no browser and no O*NET release, and is not long
	@$(PYTEST) -m "not (slow or containers or mysql or browser or release or long)" $(TEST_OPTIONS)

test-all: $(VENV)/test  ## all tests: whole releases on both engines and every pair, too
	@$(PYTEST) -m "not containers" $(TEST_OPTIONS)

mutate: $(VENV)/test  ## breaks rules one at a time and sees whether the tests notice
	@$(BIN)/python -m tests.mutation

test-spark: $(VENV)/test $(VENV)-spark/done  ## the employer's rules on Spark, local with two executors (needs Java 17)
	@SPARK_PYTHON=$(CURDIR)/$(VENV)-spark/bin/python $(BIN)/python -m pytest \
	  --verbose tests/employer/spark_local.py $(TEST_OPTIONS)

bench: $(VENV)/test  ## the figures of speed and memory, side by side with their ceilings
	@$(BIN)/python -m benchmarks

fault-injection: $(VENV)/test  ## kills, crashes, full disks and readers, seeded; many minutes
	@$(BIN)/python -m tests.fault_injection

validate: $(VENV)/test  ## transitions against O*NET's Related Occupations and, with ONET_MOVES, real job changes
	@$(BIN)/python -m benchmarks.ranking
	@$(BIN)/python -m benchmarks.moves

validate-llm: $(VENV)/run  ## how far the published levels by language models are from O*NET's
	@$(BIN)/python -m dbt_onet agreement

lint: $(VENV)/test  ## ruff, mypy and, for the page, biome; see .pre-commit-config.yaml
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/biome check \
	  && $(BIN)/mypy loader api dbt_onet dbt_employer csv_safety sqlite_functions tests \
	  benchmarks dbt_mysql_adapter/src

format: $(VENV)/test  ## sorts imports and formats Python and the page
	@$(BIN)/ruff check --quiet --fix --select I . && $(BIN)/ruff format . \
	  && $(BIN)/biome check --write --linter-enabled=false

docs-site: $(VENV)-docs/done  ## docs/ as a site on http://127.0.0.1:8001, with search
	@exec $(VENV)-docs/bin/python -m mkdocs serve --strict --dev-addr 127.0.0.1:8001

$(VENV)/run: requirements/run.txt $(ADAPTER)
$(VENV)/test: requirements/test.txt $(ADAPTER)
$(VENV)/run $(VENV)/test:
	@[ -n "$(PYTHON)" ] || { \
	  echo "make: needs Python 3.11, 3.12, 3.13 or 3.14 on the PATH" \
	    "(or PYTHON=/path/to/python)" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	  $(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	    package=$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
	    echo "make: $(PYTHON) cannot make an environment." \
	      "On Debian, Ubuntu and WSL mend it with: sudo apt install" "$$package" >&2; exit 1; }; \
	  echo "setting up $(VENV) with $$($(PYTHON) --version)" >&2; \
	  $(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }; }
	@echo "installing requirements/$(@F).txt (hashes checked; a minute or so)" >&2
	@$(PIP) --require-hashes -r requirements/$(@F).txt
	@$(PIP) --no-build-isolation --force-reinstall ./dbt_mysql_adapter
	@touch $@

# Environments of their own.
$(VENV)-spark/done $(VENV)-docs/done: $(VENV)-%/done: requirements/%.txt
	@$(PYTHON) -m venv $(VENV)-$*
	@$(VENV)-$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --require-hashes -r requirements/$*.txt
	@touch $@
