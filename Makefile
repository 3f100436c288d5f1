# Needs Python 3.11 or newer, make and bash. Everything else goes into .venv, from requirements/dev.lock (checked by hash).
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup try demo test browser node pango lint bench lock audit clean screenshots

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

# A folder of real, public data beside this one is used where there is one; without it the shipped sample is.
data := $(abspath $(wildcard ../shared/data))
ifneq ($(data),)
INTERLOCK_DATA ?= $(data)
endif
ifneq ($(INTERLOCK_DATA),)
export INTERLOCK_DATA
endif

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile

setup: $(INSTALLED) ## install what is needed into .venv (again only when something changed)
	@:

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is missing or older than 3.11; name another one: make setup PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "no virtual environment could be made; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(INSTALLED): requirements/dev.lock pyproject.toml src/interlock/__init__.py
	@start=$$SECONDS; echo "setting up $(VENV) ..."; \
	$(MAKE) --silent $(VENV)/pyvenv.cfg; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	touch $@; echo "set-up took $$((SECONDS - start)) s"

try: setup ## how much of your past decisions could be automatic? FILE=cases.csv, or the sample
	$(BIN)/interlock try $(if $(FILE),"$(FILE)",--sample) --out out/try

demo: setup ## the whole life of one governed workflow; reports in out/
ifeq ($(INTERLOCK_DATA),)
	$(BIN)/interlock try --sample --out out/try
endif
	$(BIN)/interlock demo --out out/demo

test: setup browser node pango ## all tests, on two processes
	@start=$$SECONDS; failed=0; $(BIN)/python -m pytest -n 2 --dist worksteal || failed=$$?; \
	[ $$failed = 0 ] && said=passed || said="failed (pytest's exit status $$failed)"; \
	echo "make test: $$said, after $$((SECONDS - start)) s; data: $${INTERLOCK_DATA:-none, tests on real data were skipped}"; \
	exit $$failed

# Tests look at pages in Debian's Chromium. Root on Debian gets it here; anybody else is told what is skipped.
browser:
	@if { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  start=$$SECONDS; echo "installing chromium ..."; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null \
	    && echo "installing chromium took $$((SECONDS - start)) s" \
	    || echo "chromium could not be installed: browser tests will be skipped" >&2; \
	else echo "no Chromium here: browser tests will be skipped (on Debian: apt-get install chromium)" >&2; fi

# Tests call the gateway with a client in JavaScript too. The same rule; its one package is checked by hash.
NODE := $(VENV)/node
node: $(NODE)/.installed
	@:
$(NODE)/.installed: requirements/npm/package-lock.json | setup
	@if ! command -v npm >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  start=$$SECONDS; echo "installing node ..."; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm; } >/dev/null \
	    && echo "installing node took $$((SECONDS - start)) s" || echo "node could not be installed" >&2; fi; \
	mkdir -p $(NODE); cp requirements/npm/package*.json $(NODE); \
	if command -v npm >/dev/null && npm ci --prefix $(NODE) --silent --no-fund --no-audit --fetch-retries=0; then touch $@; \
	else echo "no client in JavaScript here: its test will be skipped (on Debian: apt-get install nodejs npm)" >&2; fi

lint: setup ## ruff, ruff format, mypy --strict, import contracts; all four run even if one fails
	@failed=; for check in "ruff check ." "ruff format --check ." mypy lint-imports; do \
	  echo "== $$check"; $(BIN)/$$check || failed="$$failed [$$check]"; done; \
	[ -z "$$failed" ] || { echo "failed:$$failed" >&2; exit 1; }

# Reports as PDF are set with Pango, a system library. The same rule: root on Debian gets it, anybody else is told.
PANGO := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
pango: setup
	@if $(BIN)/python -c 'import weasyprint' >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  start=$$SECONDS; echo "installing Pango ..."; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PANGO); } >/dev/null \
	    && echo "installing Pango took $$((SECONDS - start)) s" \
	    || echo "Pango could not be installed: tests of PDF reports will be skipped" >&2; \
	else echo "no Pango here: tests of PDF reports will be skipped (on Debian: apt-get install $(PANGO))" >&2; fi

benches := $(sort $(wildcard benchmarks/*.py) $(patsubst %/__main__.py,%,$(wildcard benchmarks/*/__main__.py)))
bench: setup ## every benchmark, one after the other; fails at the end if one failed
	@failed=; for bench in $(benches); do \
	  echo "== $$bench"; $(BIN)/python $$bench || failed="$$failed $$bench"; done; \
	[ -z "$$failed" ] || { echo "failed:$$failed" >&2; exit 1; }

screenshots: setup browser ## pictures of every page, and those of the docs
	$(BIN)/python docs/images/screenshots.py

compile = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-annotate --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)
lock: $(VENV)/pyvenv.cfg ## write requirements/*.lock anew; UPGRADE=1 takes the newest versions
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(compile) pyproject.toml --extra try -o requirements/try.lock
	$(compile) pyproject.toml requirements/build.in --extra try --extra policy --extra postgres --extra server --extra operate --extra otel --extra reports --group dev -c requirements/try.lock -o requirements/dev.lock
	@if grep -nE '://|^ *-[^-]|^--[^h]|(^| )/' requirements/*.lock; then \
	  echo "a lock names a host, a path or an option: it would not work elsewhere" >&2; exit 1; fi

audit: setup ## known vulnerabilities in what is locked; what cannot be looked up fails
	$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements/dev.lock

clean: ## remove caches and output; .venv stays
	rm -rf out dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
