# The two commands that matter: make demo, make test. `make help` lists the rest.
PYTHON ?= python3
export PYTHON
PY := .venv/bin/python
# Words for pytest: make test-fast ARGS="tests/engine -k rollup"
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast lint format lock messages bench status

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: ## the portal with the demo company on this machine; PORT=8001 changes the port, Ctrl-C stops it
	@scripts/bootstrap && exec $(PY) -m cmo_portal.demo

test: ## everything a fresh machine needs, then all checks and tests; BROWSER=0 leaves out those in a browser
	@scripts/bootstrap dev && exec $(PY) -m scripts.check test $(ARGS)

test-fast: ## the tests without browser and slow ones
	@scripts/bootstrap dev && exec $(PY) -m scripts.check fast $(ARGS)

lint: ## the checks without the tests
	@scripts/bootstrap dev && exec $(PY) -m scripts.check lint

format: ## lay out the code as the checks want it
	@scripts/bootstrap dev && $(PY) -m ruff check --fix-only -q . && $(PY) -m ruff format .

lock: ## compile the locks anew after a change of requirements*.in (needs uv)
	@for name in requirements requirements-dev; do \
		uv pip compile --quiet --universal --generate-hashes --no-config --no-header --python-version 3.11 \
			--no-emit-index-url --no-emit-find-links $$name.in -o $$name.txt && \
		sed -i "1i # The lock of $$name.in: exact versions with hashes. Made by \`make lock\`; do not edit." $$name.txt || exit 1; \
	done

messages: ## collect the texts for translation and compile the catalogues (needs gettext); then translate the new ones
	@export CMO_PROFILE=local ALLOWED_HOSTS=localhost DATABASE_URL=postgres://x@/x REDIS_URL=redis://127.0.0.1:1/0 \
		SECRET_KEY=only-to-load-the-settings-while-the-texts-are-collected-000000 && \
	$(PY) manage.py makemessages -l fr --no-location --no-obsolete -i .venv -i var -i node_modules -i tests && \
	sed -i -e '/^"POT-Creation-Date/d' -e '/^#| /d' locale/fr/LC_MESSAGES/django.po && \
	$(PY) manage.py compilemessages -l fr -i .venv -i var

bench: ## measure a running portal: a table, and var/bench.json
	@scripts/bootstrap dev && exec $(PY) -m benchmarks

status: ## whether the local PostgreSQL and Redis run, and where
	@$(PY) -m cmo_portal.local_services status
