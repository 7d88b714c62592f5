# Each verb is one script; `make help` lists them.
.PHONY: help run demo test prove bench lint package

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile | expand -t 10

run: ## the whole chain on this machine, in the foreground (INCIDENT=1 plays an incident)
	@scripts/run.sh

demo: ## the same with a real pool in a virtual machine: a disk is pulled and put back
	@scripts/demo.sh

test: ## everything CI runs
	@scripts/test.sh

prove: ## the long form: every pool state on both OpenZFS lines, the newest peers
	@scripts/prove.sh

bench: ## side by side with real peers; results in benches/results
	@scripts/bench.sh

lint: ## formatting, clippy, shellcheck
	@scripts/lint.sh

package: ## static programs for amd64 and arm64, in dist
	@scripts/static-build.sh
