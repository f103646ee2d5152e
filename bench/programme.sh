#!/usr/bin/env bash
# programme.sh - what a channel costs while it plays: alone, and with one encoder
# of each kind; how soon a skip and the first packet are there; whether its samples
# keep time with the clock. BENCH_DRIFT_SECONDS (60): for how long.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

seconds=60 # as long as a piece, so that each is opened once in that time

drift_seconds=${BENCH_DRIFT_SECONDS:-60}

say "programme"
for i in 1 2 3; do
	ffmpeg -nostdin -v error -y -f lavfi -i "sine=$((200 * i)):duration=60,aecho" \
		-f lavfi -i "anoisesrc=a=0.2:color=pink:duration=60" \
		-filter_complex amix -ar $((i == 2 ? 48000 : 44100)) -ac 2 "$work/$i.mp3"
done
"$build/bench/bench_programme" "$build/src/ogma-media" drift "$drift_seconds" \
	"$work"/{1,2,3}.mp3 >"$work/drift.txt"
drift=$(awk '$1 == "drift" { print $2 < 0 ? -$2 : $2 }' "$work/drift.txt")
row programme "samples against the clock after $drift_seconds s" "$(calc "$drift / 1000")" ms - - "<1"
for format in none mp3 aac opus; do
	"$build/bench/bench_programme" "$build/src/ogma-media" "$format" "$seconds" \
		"$work"/{1,2,3}.mp3 >"$work/$format.txt"
	figure() { awk -v name="$1" '$1 == name { print $2 }' "$work/$format.txt"; }
	all=$(calc "$(figure server) + $(figure media)")
	if [ "$format" = none ]; then
		row programme "a channel nobody listens to, all processes" "$all" "% of a core" - - "<1"
		row programme "a skip, longest of five" "$(figure skip)" ms - - "<200"
		row programme "resident memory with one channel" "$(figure resident)" KiB - - -
	else
		row programme "a channel with $format, all processes" "$all" "% of a core" - - -
		row programme "$format: first packet, encoder not started" "$(figure first)" ms - - -
		row programme "$format: first packet, process at hand" "$(figure again)" ms - - "<200"
	fi
	row programme "$format: ticks that waited for a decoder" "$(figure late)" ticks - - -
done
