.DEFAULT_GOAL := help
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: help build certify prove test race lint ginkgo soak bench cost

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build the authconform binary into bin/
	CGO_ENABLED=0 go build -trimpath -o bin/authconform ./harness/cmd/authconform

certify: build ## run every suite against its embedded reference and write reports
	bin/authconform run --procs 2

prove: build ## prove that every suite notices every fault of its reference
	bin/authconform prove

test: ## run all tests
	go test ./...

race: ## run all tests under the race detector
	go test -race ./...

ginkgo: ## run the suites through Ginkgo's own command line, in parallel and at random
	go tool ginkgo -p --randomize-all ./suites/...

# ST1001: specs dot-import Ginkgo and Gomega, as these ask for.
lint: ## gofmt, go vet, staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run gofmt -w on these files"; exit 1; }
	go vet ./...
	go run $(STATICCHECK) -checks inherit,-ST1001 ./...

soak: ## run every suite 20 times in four processes, at random, under the race detector
	go build -race -o bin/authconform-race ./harness/cmd/authconform
	@for i in $$(seq 1 20); do \
		bin/authconform-race run --procs 4 --out bin/soak/$$$$-$$i >bin/soak.txt 2>&1 || { cat bin/soak.txt; exit 1; }; \
		tail -n 2 bin/soak.txt | head -n 1; \
	done; rm -rf bin/soak bin/soak.txt; echo "20 runs, all green"

cost: ## print the CPU of a whole run beside that of a bare net/http replay of its calls
	go test ./harness/door -run '^$$' -bench WholeRunBesideReplay -benchtime 3x

bench: ## run the benchmarks
	go test -run '^$$' -bench . -benchmem ./...
