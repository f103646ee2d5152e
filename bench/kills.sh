#!/usr/bin/env bash
# kills.sh - a server is killed again and again while its channel plays and three
# people edit the queue; see tests/server/queue_kills.test.ts, which fails when an
# answered edit is lost. And while it takes in a folder; see ingest_kills.test.ts,
# which fails when the library is not what an undisturbed scan makes.
#
# BENCH_KILLS (200): how often; half as often in a folder, on each store.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

kills=${BENCH_KILLS:-200}
say "kills: $kills"
tools/npm-ready tests >&2
(cd tests/server && OGMA_PROGRAM=$build/ogma QUEUE_KILL_ROUNDS=$kills QUEUE_KILL_FIGURES=$work/figures \
	../../tools/with-node npx --no-install vitest run queue_kills >&2)
figure() { awk -v name="$1" '$1 == name { print $2 }' "$work/figures"; }
row kills "$kills kills: edits answered, none lost" "$(figure edits)" "" - - -
row kills "from the start to sound at a listener, median" "$(figure median_ms)" ms - - "<1000"
row kills "the same, longest" "$(figure most_ms)" ms - - -
row kills "how far from where it was, most" "$(figure distance_ms)" ms - - "<1000"

say "kills: $((kills / 2)) while a folder is taken in, on each store"
(cd tests/server && OGMA_PROGRAM=$build/ogma INGEST_KILLS=$((kills / 2)) INGEST_FILES=500 INGEST_FIGURES=$work/figures \
	../../tools/with-node npx --no-install vitest run ingest_kills >&2)
for store in sqlite postgres; do
	row kills "kills while 500 files are taken in, $store: none makes a difference" "$(figure ${store}_kills)" "" - - -
done
