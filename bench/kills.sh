#!/usr/bin/env bash
# kills.sh - a server is killed again and again while its channel plays and three
# people edit the queue; see tests/server/kills.test.ts, which fails when an answered
# edit is lost.
#
# BENCH_KILLS (200): how often.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

kills=${BENCH_KILLS:-200}
say "kills: $kills"
tools/npm-ready tests >&2
(cd tests/server && OGMA_PROGRAM=$build/ogma QUEUE_KILL_ROUNDS=$kills QUEUE_KILL_FIGURES=$work/figures \
	../../tools/with-node npx --no-install vitest run kills >&2)
figure() { awk -v name="$1" '$1 == name { print $2 }' "$work/figures"; }
row kills "$kills kills: edits answered, none lost" "$(figure edits)" "" - - -
row kills "from the start to sound at a listener, median" "$(figure median_ms)" ms - - "<1000"
row kills "the same, longest" "$(figure most_ms)" ms - - -
row kills "how far from where it was, most" "$(figure distance_ms)" ms - - "<1000"
