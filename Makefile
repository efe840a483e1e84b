# Every target is one call, which works without make, too: python3 -m handbook TARGET
PYTHON ?= python3
ifeq ($(shell command -v $(PYTHON) 2>/dev/null),)
$(error $(PYTHON) is not installed: install Python 3.11 or newer (Debian: apt-get install python3 python3-venv))
endif

# With it Python would not find the checks, which lie in the folder where make runs.
unexport PYTHONSAFEPATH

.DEFAULT_GOAL := help
.PHONY: help setup test windows names browser slow audit lint html publish serve record keys relay mutate versions bench lock clean

help:  ## list these targets
	@$(PYTHON) -m handbook help
setup:  ## make the environments that are missing or outdated (every target does so for those it needs)
	@$(PYTHON) -m handbook setup
test:  ## run all checks; CHANGED=1 keeps proved cases and opens no browser; CASE=uv/install-env shows one case, WRITE=1 writes its output.txt; GROUP=tools runs the slow clients' cases
	@exec $(PYTHON) -m handbook test $${CASE:+"$$CASE"} $${GROUP:+--group "$$GROUP"} $(if $(CHANGED),--changed) $(if $(WRITE),--write)
windows:  ## run the cases with the clients for Windows, under Wine; CHANGED=1, CASE=, WRITE=1 and GROUP=tools as in test
	@exec $(PYTHON) -m handbook windows $${CASE:+"$$CASE"} $${GROUP:+--group "$$GROUP"} $(if $(CHANGED),--changed) $(if $(WRITE),--write)
names:  ## run every case with another organization, project and feed filled in; GROUP=tools those of the slow clients
	@exec $(PYTHON) -m handbook names $${GROUP:+--group "$$GROUP"}
browser:  ## look at every page in every state in a real browser (test looks at each page in the usual one)
	@$(PYTHON) -m handbook browser
slow:  ## check what takes minutes: each cell of the pages' tables of runs, the recorder of live feeds
	@$(PYTHON) -m handbook slow
audit:  ## let Lighthouse measure one page of each kind
	@$(PYTHON) -m handbook audit
lint:  ## run the checks that run no case (part of test)
	@$(PYTHON) -m handbook lint
html:  ## build the site into _build/html
	@$(PYTHON) -m handbook html
publish:  ## build the site, but refuse cases that are not proved
	@$(PYTHON) -m handbook publish
serve:  ## show the site in a browser, build and reload on each save; PORT=8000 chooses the port
	@exec $(PYTHON) -m handbook serve $${PORT:+"$$PORT"}
record:  ## record the model's answers anew (tests/cassettes); LIVE=<address of a simple index> asks a real feed, PACKAGE= for a package that it holds
	@exec $(PYTHON) -m handbook record $${LIVE:+"$$LIVE" $${PACKAGE:+"$$PACKAGE"}}
keys:  ## write the list of the keys of case.toml and of entries, and their schemas (handbook/cases)
	@$(PYTHON) -m handbook keys
relay:  ## play the recording for a client that you run by hand; CLIENT=uv prints its variables, PORT=8443 chooses the port
	@exec $(PYTHON) -m handbook relay $${CLIENT:+"$$CLIENT"} $${PORT:+"$$PORT"}
mutate:  ## break each case on purpose, expect it to fail; CHANGED=1 takes those that differ from the main branch; GROUP=tools the slow clients' cases
	@exec $(PYTHON) -m handbook mutate $${GROUP:+--group "$$GROUP"} $(if $(CHANGED),--changed)
versions:  ## measure old releases: CLIENT=uv, or due for the one whose turn it is, or new for those with a new release; EVERY=1 runs each release, NEWEST=1 the newest alone; PIN=1 pins the newest in locks/ and runs nothing
	@exec $(PYTHON) -m handbook versions $${CLIENT:+"$$CLIENT"} $(if $(EVERY),--every) $(if $(NEWEST),--newest) $(if $(PIN),--pin)
bench:  ## measure; print a table and write JSON into _build
	@$(PYTHON) -m handbook bench
lock:  ## write locks/ anew from pyproject.toml (newer versions: python3 -m handbook lock --upgrade)
	@$(PYTHON) -m handbook lock
clean:  ## remove _build (the environments stay)
	@$(PYTHON) -m handbook clean
