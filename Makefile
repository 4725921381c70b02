# The two main commands: `make lab` to learn, `make test` to check. Both set up what they need.
# Windows, and systems without make: the same lines are in README.md.

# the first Python from 3.11 to 3.14 that is found; to choose another one: make lab PYTHON=/path/to/python
SUPPORTED = import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
PYTHON ?= $(shell for p in python3 python python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c "$(SUPPORTED)" >/dev/null 2>&1 && echo "$$p" && break; done)
BIN = .venv/bin
# programs installed on another system, in another folder or by a deleted Python do not start, so they are reinstalled
STALE := $(shell [ ! -e .venv/ready ] || $(BIN)/pip --version >/dev/null 2>&1 || echo yes)

LAB = --ip=localhost --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb

.PHONY: lab test check site pdf slides bench reproduce handout setup

setup: .venv/ready

lab: setup
	$(BIN)/jupyter lab $(LAB) $(ARGS)

test: setup .venv/scale
	$(BIN)/python -m pytest $(ARGS)

# for use while writing: style checks, the rules for notebooks, and the quick tests
check: setup
	$(BIN)/python -m pytest --quick $(ARGS)

# the book and the in-browser lab, in build/site; with PYODIDE=folder, a site that contacts no other host, and with
# HANDOUT=1 a site for a class, without solutions
site: export LESSONS_SOURCE = $(if $(HANDOUT),build/handout/lessons)
site: $(if $(HANDOUT),handout) .venv/site
	$(BIN)/python site/lab.py build/site/lab $(if $(PYODIDE),--pyodide "$(PYODIDE)")
	$(BIN)/python site/book.py build/site
	@echo "Look at it with: $(BIN)/python -m http.server --directory build/site"

# each lesson, and the whole book, to print, in build/pdf; needs Chromium
pdf: .venv/site
	$(BIN)/python site/book.py build/book
	$(BIN)/python site/pdf.py build/book build/pdf

# slides of each lesson, in build/slides
slides: .venv/site
	$(BIN)/python site/slides.py build/slides

bench: setup .venv/scale
	$(BIN)/python benchmarks/full_batch.py
	$(BIN)/python benchmarks/gradient_check.py
	$(BIN)/python benchmarks/mini_batches.py
	$(BIN)/python benchmarks/scaling.py
	$(BIN)/python benchmarks/scale_out.py

reproduce: setup .venv/scale
	$(BIN)/python -m helpers.datasets.recordings
	$(BIN)/python tests/execute_notebooks.py --record

# for teachers: the lessons without solutions, and an answer book, in build/handout
handout: setup
	$(BIN)/python -m helpers.exercises.handout

ifdef STALE
  .PHONY: .venv/ready
endif
.venv/ready: requirements.txt pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
		echo "No Python 3.11 to 3.14 found. Install one (python.org), or run: make $(MAKECMDGOALS) PYTHON=/path/to/python"; \
		exit 1; fi
	"$(PYTHON)" -m venv $(if $(STALE),--clear) .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -e .
	$(BIN)/jupyter labextension disable @jupyterlab/apputils-extension:announcements # no requests to the web
	@touch $@

.venv/site: .venv/ready site/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r site/requirements.txt
	@touch $@

# the packages for lesson 10, which also works without them and then shows recordings
.venv/scale: requirements-scale.txt .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-scale.txt
	@touch $@
