#!/usr/bin/env bash
# start.sh - milliseconds from starting the program to its word that it listens.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

times=${BENCH_STARTS:-7}

# The median of several starts on the same folder.
starts() {
	local all=() i
	for ((i = 0; i < times; i++)); do
		serve "$1"
		all+=("$ready_ms")
		stop "$pid"
	done
	median "${all[@]}"
}

firsts() {
	local all=() i
	for ((i = 0; i < times; i++)); do
		serve "$work/new$i"
		all+=("$ready_ms")
		stop "$pid"
	done
	median "${all[@]}"
}

say "start times"
row start "first start, makes the library" "$(firsts)" ms - - "<100"
row start "empty library" "$(starts "$work/new0")" ms - - "<100"
row start "10,000 tracks" "$(starts "$(library 10000)")" ms - - -
row start "1,000,000 tracks" "$(starts "$(library 1000000)")" ms - - "<1000"
