.DEFAULT_GOAL := help
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: help build certify test race lint ginkgo bench cost

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build the authconform binary into bin/
	CGO_ENABLED=0 go build -trimpath -o bin/authconform ./harness/cmd/authconform

certify: build ## run every suite against its embedded reference and write reports
	bin/authconform run --procs 2

test: ## run all tests
	go test ./...

race: ## run all tests under the race detector
	go test -race ./...

ginkgo: ## run the suites through Ginkgo's own command line, in parallel and at random
	go tool ginkgo -p --randomize-all ./suites/...

lint: ## gofmt, go vet, staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run gofmt -w on these files"; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...

bench: ## run the benchmarks
	go test -run '^$$' -bench . -benchmem ./...
