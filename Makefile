# The two commands that matter: make demo, make test. `make help` lists the rest.
PYTHON ?= python3
export PYTHON
PY := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help demo

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

demo: ## the portal with the demo company on this machine; PORT=8001 changes the port, Ctrl-C stops it
	@scripts/bootstrap && exec $(PY) -m cmo_portal.demo
