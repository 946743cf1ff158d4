.DEFAULT_GOAL := help
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: help build certify prove mutants test race lint ginkgo soak bench cost field fuzz

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build the authconform binary into bin/
	CGO_ENABLED=0 go build -trimpath -o bin/authconform ./harness/cmd/authconform

certify: build ## run every suite against its embedded reference and write reports
	bin/authconform run

# SAMPLE draws that many behaviour and wire faults of each profile, by SEED.
SAMPLE ?= 0
SEED ?= 1
prove: build ## prove that every suite notices every fault of its reference
	bin/authconform prove --sample $(SAMPLE) --seed $(SEED)

# SAMPLE draws that many mutants of all, by SEED; BUDGET judges what it can within a time.
# Whole, it writes the table in README.md.
mutants: build ## judge the mutants of the references' source
	@rm -rf bin/mutants
	bin/authconform prove --mutants --sample $(SAMPLE) --seed $(SEED) $(if $(BUDGET),--budget $(BUDGET)) --out bin/mutants
	@test -n "$(BUDGET)$(filter-out 0,$(SAMPLE))" || \
		sed -i -e '/^<!-- mutants -->/,/^<!-- end of mutants -->/{//!d}' -e '/^<!-- mutants -->/r bin/mutants/mutants.md' README.md

field: build ## run four exchanges as deployments have them, and write the table in README.md
	.ci/field

# The tests are many short runs, for which memory is cheaper than collecting it.
test race: export GOGC := 400

test: ## run all tests
	go test -timeout 40m ./...

# The tests of the command run it as a process of its own, which the race detector
# does not see: the soak runs that under it. What only judges what others ran is left
# out too: under the race detector it takes longer than all the rest.
race: ## run the tests of everything that runs beside something else under the race detector
	go test -race -timeout 20m $$(go list ./... | grep -v -e /harness/cmd/ -e /harness/mutation -e /harness/alien -e /harness/attest -e /harness/hostile -e /reports)

ginkgo: ## run the suites through Ginkgo's own command line, in parallel and at random
	go tool ginkgo -p --randomize-all ./suites/...

# ST1001: specs dot-import Ginkgo and Gomega, as these ask for.
lint: ## gofmt, go vet, staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run gofmt -w on these files"; exit 1; }
	go vet ./...
	go run $(STATICCHECK) -checks inherit,-ST1001 ./...

# SOAK names the exchanges, every one of them without it; RUNS is how many times.
RUNS ?= 20
soak: ## run the suites 20 times in four processes, at random, under the race detector
	go build -race -o bin/authconform-race ./harness/cmd/authconform
	@rm -rf bin/soak; for i in $$(seq 1 $(RUNS)); do \
		bin/authconform-race run $(SOAK) --procs 4 --strict --out bin/soak/$$i >bin/soak-$$i.txt 2>&1 || { cat bin/soak-$$i.txt; exit 1; }; \
		if grep -E '^ *(UNTESTABLE|ERROR|WARN|NOT_RUN|KNOWN) ' bin/soak-$$i.txt; then exit 1; fi; \
		echo "run $$i of $(RUNS): $$(grep -c ' PASS ' bin/soak-$$i.txt) rows of PASS, nothing else"; \
	done; rm -rf bin/soak bin/soak-*.txt

# Each runs in one process of its own, side by side; what a fuzzer finds is kept under testdata.
FUZZTIME ?= 2m
FUZZ := harness/secret/FuzzRedact harness/plain/FuzzText harness/httpclient/FuzzBody harness/target/FuzzLoad reports/FuzzHAR
fuzz: ## fuzz redaction, printing, bodies, target files and calls for FUZZTIME each, side by side
	@pids=; for target in $(FUZZ); do \
		go test -run '^$$' -fuzz "^$${target##*/}$$" -fuzztime $(FUZZTIME) -parallel 1 ./$${target%/*} & pids="$$pids $$!"; \
	done; for pid in $$pids; do wait $$pid || exit 1; done

cost: ## print the CPU of a whole run beside that of a bare net/http replay of its calls
	go test ./harness/runner -run '^$$' -bench WholeRunBesideReplay -benchtime 3x

bench: ## run the benchmarks
	go test -run '^$$' -bench . -benchmem ./...
