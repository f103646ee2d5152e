#!/usr/bin/env bash
# events.sh - twenty million listens: how fast they are taken in, and what each
# page of statistics costs. Made anew when the program changed how it keeps them.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

file=$data/events-20M.db
kept=$data/events-20M.txt

say "events"
if [ ! -e "$kept" ] || [ "$build/bench/bench_events" -nt "$kept" ]; then
	say "taking in 20,000,000 listens (minutes)"
	"$build/bench/bench_events" fill "$file" 20000000 >"$work/filled"
	mv "$work/filled" "$kept"
fi
while read -r name figure; do
	case $name in
	ingest) row events "20M: taken in, batches of 1,000" "$figure" events/s - - ">=50000" ;;
	with_packing) row events "20M: the same with days joined" "$figure" events/s - - - ;;
	bytes_per_event) row events "20M: on disk" "$figure" B/event - - - ;;
	esac
done <"$kept"
while read -r name _ high processor; do
	row events "20M: queries of the page ${name//_/ }, p95" "$(calc "$high / 1000")" ms - - "<=200"
	row events "20M: the same, processor time" "$(calc "$processor / 1000")" ms - - -
done < <("$build/bench/bench_events" ask "$file")
for durability in commit second; do
	cp "$file" "$work/accept.db"
	read -r _ middle high < <("$build/bench/bench_events" accept "$work/accept.db" "$durability")
	row events "20M: one listen accepted ($durability), median" "$middle" us - - "<1000"
	row events "20M: one listen accepted ($durability), p99" "$high" us - - -
done

logs=$data/logs-20M.db
say "events: logs"
if [ ! -e "$logs" ] || [ "$build/bench/bench_events" -nt "$logs" ]; then
	say "writing 20,000,000 requests and 5,000,000 searches (minutes)"
	"$build/bench/bench_events" log "$work/logs.db" 20000000 >/dev/null
	mv "$work/logs.db" "$logs"
	touch "$logs"
fi
while read -r name _ high processor _; do
	row events "20M: a page of ${name//_/ }, p95" "$(calc "$high / 1000")" ms - - "<=200"
	row events "20M: the same, processor time" "$(calc "$processor / 1000")" ms - - -
done < <("$build/bench/bench_events" look "$logs")
