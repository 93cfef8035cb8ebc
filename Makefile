# Everything runs on a fresh Debian or Ubuntu machine with Go (and Node.js for the web
# app). What is missing is installed when you are root; else you are told what to install.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test test-long chaos soak pictures build check bench db ui clean

# PACKAGES limits what test and bench look at, e.g. make test PACKAGES=./geo/...
PACKAGES ?= ./...
TIMEOUT := 10m
# CHECKS is how many random cases each property is tried on.
CHECKS := 20

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## serve the demo city on http://127.0.0.1:8080, on a private PostGIS; Ctrl-C stops both
	@status=0; bin/localdb install || status=$$?; \
	case $$status in \
	0) exec bin/localdb with -- bash -euc ' \
		bin/gridwarden migrate; \
		bin/gridwarden demo --seed; \
		exec bin/gridwarden serve' ;; \
	3) echo "Without it there are no imports, reports, rules to write, keys and states of the past: the demo city is served read-only from a snapshot." >&2; \
		mkdir -p .run; bin/gridwarden demo --snapshot .run/demo-snapshot; \
		exec bin/gridwarden serve --database none --snapshot .run/demo-snapshot ;; \
	*) exit $$status ;; \
	esac

# GOGC: compiling and testing take a fifth less time for some more memory.
test: build need-test ## the whole test suite, on a private PostGIS
	@mkdir -p .run; status=0; \
		GOGC=400 RAPID_CHECKS=$(CHECKS) bin/localdb with -- go test -race -timeout $(TIMEOUT) $(PACKAGES) 2>&1 | tee .run/test.log || status=$$?; \
		awk '/^ok /{ok++} /^FAIL\t/{bad++} END{printf "packages: %d passed, %d failed\n", ok, bad}' .run/test.log; \
		exit $$status

test-long: export GRIDWARDEN_TEST_LONG = 1
test-long: TIMEOUT := 60m
test-long: CHECKS := 200
test-long: test ## the same tests with more points, edits and rounds

pictures: build need-test ## the pictures of the README, made anew from the page
	@GRIDWARDEN_README_PICTURES=1 go test -count 1 -run '^TestThePicturesOfTheReadme' ./api/ui/stories

chaos: export GRIDWARDEN_TEST_LONG = 1
chaos: need-test ## servers and PostgreSQL killed at random for a quarter of an hour; GRIDWARDEN_SEED=N repeats
	@go test -race -count 1 -timeout 60m -v -run '^TestWhateverIsKilled' ./cmd/gridwarden

SOAK ?= 30m
soak: export GRIDWARDEN_TEST_LONG = 1
soak: need-test ## edit and read a city for SOAK=30m; fails when memory or goroutines grow
	@GRIDWARDEN_SOAK=$(SOAK) go test -count 1 -timeout 0 -v -run '^TestASoak' ./cmd/gridwarden

build: ui ## bin/gridwarden, with the web app in it
	@go build -o bin/ ./cmd/...

check: ## format, vet, lint and the import table
	@unformatted=$$(gofmt -l $$(git ls-files --cached --others --exclude-standard '*.go')); \
		if [ -n "$$unformatted" ]; then echo "gofmt these:"; echo "$$unformatted"; exit 1; fi
	@go vet ./...
	@go tool -modfile=.tools/go.mod golangci-lint run
	@go test -run 'Door|ImportTable' ./cmd/gridwarden

bench: export GRIDWARDEN_BENCH ?= full
bench: build need-test ## all benchmarks on whole cities: rows/s, look-ups/s, tiles/s, memory (GRIDWARDEN_BENCH=short: a part)
	@bin/localdb with -- go test -run '^$$' -bench . -benchmem -timeout 90m $(PACKAGES)

db: ## the private PostGIS alone; its URL is the last line
	@go run ./cmd/localdb up

clean: ## stop the private PostGIS and remove its data, bin and the built web app
	@go run ./cmd/localdb remove
	@rm -rf bin api/ui/dist api/ui/node_modules

# The web app is built when its sources changed. Without Node.js a small page stands in.
ui: ## the web app
	@if command -v npm >/dev/null; then $(MAKE) -s api/ui/dist/index.html; \
		else echo "There is no npm: the page is left out. Install Node.js 20.19 or newer for it." >&2; fi

api/ui/dist/index.html: api/ui/node_modules/.package-lock.json api/ui/index.html api/openapi.yaml $(shell find api/ui/*.ts api/ui/*.json api/ui/*.html api/ui/src api/ui/public -type f ! -name schema.d.ts)
	cd api/ui && npm run build

api/ui/node_modules/.package-lock.json: api/ui/package-lock.json
	cd api/ui && npm ci

# The race detector needs a C compiler; some tests drive a browser, GDAL, a load maker or a reader of PDFs.
.PHONY: need-test
need-test:
	@.tools/need gcc=gcc /usr/include/stdlib.h=libc6-dev
	@.tools/need --optional chromium=chromium /usr/share/fonts/opentype/noto=fonts-noto-cjk ogrinfo=gdal-bin wrk=wrk pdftotext=poppler-utils
