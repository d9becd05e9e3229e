# `make demo` and `make test` need Python 3.10+, git, make and PyPI; they make .venv by themselves.
# PYTHON=python3.12 picks the Python, VENV=dir another environment, ARGS="…" is handed on.
.DEFAULT_GOAL := help
.PHONY: help demo test slow lowest limits style outputs browser results export readme docs preview clean distclean setup setup-dev
export PYTHON VENV
BIN := $(or $(VENV),.venv)/bin

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1	/'

setup:
	@tools/setup.sh run
setup-dev:
	@tools/setup.sh dev

demo: setup ## scan, erase and check a small model with a backdoor, on the CPU; writes demo/
	@$(BIN)/baeraser demo --out demo $(ARGS)

test: setup-dev ## everything that must hold before a change goes in; ends with "N passed, 0 failed"
	@$(BIN)/python tools/gate.py $(ARGS)

slow: setup-dev ## the same with the cells marked slow, which train real models
	@$(BIN)/python tools/gate.py --flags slow --limit 14400 $(ARGS)

lowest: setup-dev ## some notebooks with the lowest versions that settings.ini admits, in an environment of its own
	@$(BIN)/python tools/lowest.py $(ARGS)

limits: setup-dev ## what passes a limit of the house: width, syntax nodes, export cells, …; ARGS="recovery 03_unlearning" looks at these only
	@$(BIN)/python tools/limits.py $(ARGS)

style: setup-dev ## put the table of how the code is written into CONTRIBUTING.md
	@$(BIN)/python tools/style.py --write

outputs: setup-dev ## run the notebooks from top to bottom and store their outputs; ARGS="index 01_attacks" runs these only
	@$(BIN)/python tools/fresh.py $(ARGS)

browser: setup-dev ## try the explorer in JupyterLab and headless Chromium (both are needed)
	@$(BIN)/python -m uv pip install -q --python $(BIN)/python -e '.[browser]' || $(BIN)/python -m pip install -q -e '.[browser]'
	@$(BIN)/python tools/browser.py $(ARGS)

results: setup-dev ## every table and figure of the paper from the rows, in nbs/04a_results.ipynb; with ARGS=dir also there, as CSV and PNG
	@$(BIN)/python tools/results.py $(ARGS)

export: setup-dev ## write baeraser_nb/ from the notebooks, and clean the notebooks
	@$(BIN)/nbdev_clean
	@$(BIN)/nbdev_export

readme: setup-dev ## write README.md from nbs/index.ipynb
	@$(BIN)/python tools/readme.py

docs: ## build the site into _docs/; needs Quarto
	@tools/docs.sh check
	@$(MAKE) --no-print-directory readme
	@PATH="$(abspath $(BIN)):$$PATH" tools/docs.sh

preview: setup-dev ## the site as it will look, without Quarto, in _preview/; ARGS="--themes DIR" takes Bootstrap from there
	@$(BIN)/python -m uv pip install -q --python $(BIN)/python -e '.[preview]' || $(BIN)/python -m pip install -q -e '.[preview]'
	@PATH="$(abspath $(BIN)):$$PATH" python tools/pages.py
	@$(BIN)/python tools/preview.py $(ARGS)

clean: ## remove what builds left behind
	rm -rf _docs _proc _preview build dist nbs/nbdev.yml
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +

distclean: clean ## and the environment that make made
	rm -rf *.egg-info
	[ ! -e $(BIN)/../.ours ] || rm -rf $(or $(VENV),.venv)
