# Two commands for everyone: `make demo` and `make test`. The rest is for those who build Warmline.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: demo test quick lint secure crash bench soak lock clean

demo: $(VENV)/.ready
	@$(BIN)/warmline demo

test: $(VENV)/.ready-dev
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh tests/setup.sh
	@$(BIN)/python -m pytest -n auto --dist loadgroup

# The everyday suite, under a minute: without servers, the browser, and every platform's faults.
quick: $(VENV)/.ready-dev
	@$(BIN)/python -m pytest -q -n auto -m "not browser and not network and not contract and not crash"

lint: $(VENV)/.ready-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

# What bandit sees in our code, and what is known of the packages that are locked (3: nobody could be asked, said so).
secure: $(VENV)/.ready-dev
	@$(BIN)/bandit -q -c pyproject.toml -r listener responders 2>/dev/null
	@$(BIN)/python -m tests.audit requirements.lock || test $$? -eq 3

# Processes killed at 10,000 points for every policy, a fifth for every other case, recovery included; one to two hours.
crash: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.crash --points $(or $(POINTS),10000)
	@$(BIN)/python -m pytest -q -n auto --dist loadgroup -m crash

# Half an hour at fifty mentions a second, deliveries going on.
soak: $(VENV)/.ready-dev
	@$(BIN)/python -m bench.soak --minutes $(or $(MINUTES),30)

bench: $(VENV)/.ready-dev
	@$(BIN)/python -m bench

# Exact versions with hashes, for every platform and Python from 3.11 on; names no registry.
lock:
	uv pip compile pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --quiet -o requirements.lock
	uv pip compile pyproject.toml --extra build --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --quiet -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache warmline-demo

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing Warmline (once; a minute or so)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	@echo "Installing what the tests need (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
