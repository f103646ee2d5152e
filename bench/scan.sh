#!/usr/bin/env bash
# scan.sh - `ogma scan` beside libavformat alone and beside ffprobe.
#
# The files lie in the page cache, so the processor is what is measured. The
# limit and the scan take turns; both may use two cores: the limit by two
# processes, the scan by two media processes beside its own threads.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

files=10000
unchanged=100000
rounds=${BENCH_ROUNDS:-3}
ffprobe_files=200

# Largest sum of PSS, in KiB, of a process and its children until it ends.
memory_watch() {
	local parent=$1 most=0 sum child
	while [ -d "/proc/$parent" ]; do
		sum=0
		for child in "$parent" $(pgrep -P "$parent"); do
			sum=$((sum + $(awk '/^Pss:/ { print $2 }' "/proc/$child/smaps_rollup" 2>/dev/null || echo 0)))
		done
		[ "$sum" -le "$most" ] || most=$sum
		sleep 0.25
	done
	echo "$most"
}

# scan DATA FOLDER - one JSON line, the last.
scan() {
	MEDIA_WORKERS=2 "$program" scan --json --data "$1" "$2" | tail -1
}

folder=$(music $files)
find "$folder" -type f >"$work/list"
cat "$folder"/*/*/* >/dev/null
rates=() limits=() memory=0
for ((i = 0; i < rounds; i++)); do
	say "scan, round $((i + 1))"
	read -r good seconds < <("$build/bench/libav_limit" "$work/list" 2)
	[ "$good" = $files ] || { say "libavformat reads only $good of $files files"; exit 1; }
	limits+=("$(calc "$good / $seconds")")
	begun=$EPOCHREALTIME
	scan "$work/data$i" "$folder" >"$work/line" &
	scanner=$!
	sleep 0.1
	watched=$(pgrep -f "scan --json --data $work/data$i" | head -1)
	# The first rounds go unwatched: looking costs time.
	[ $i -lt $((rounds - 1)) ] || memory=$(memory_watch "$watched")
	wait $scanner
	seconds=$(calc "$EPOCHREALTIME - $begun")
	good=$(jq .added "$work/line")
	[ "$good" = $files ] || { say "scan added only $good of $files files"; exit 1; }
	rates+=("$(calc "$good / $seconds")")
done
limit=$(median "${limits[@]}")
row scan "10,000 files, two workers" "$(median "${rates[@]}")" files/s "libavformat alone" "$limit" "ratio>=0.6"

say "ffprobe"
begun=$EPOCHREALTIME
shuf -n $ffprobe_files --random-source=<(yes) "$work/list" |
	xargs -P 2 -I{} ffprobe -v quiet -show_format -show_streams -of json {} >/dev/null
row scan "the same" "$(median "${rates[@]}")" files/s "ffprobe, two at once" \
	"$(calc "$ffprobe_files / ($EPOCHREALTIME - $begun)")" -
row scan "memory while scanning (PSS, with children)" "$(calc "$memory / 1024")" MiB - - "<100"

times=()
for ((i = 0; i < rounds; i++)); do
	begun=$EPOCHREALTIME
	scan "$work/data0" "$folder" >"$work/line"
	times+=("$(calc "$EPOCHREALTIME - $begun")")
done
row scan "rescan of 10,000 unchanged files" "$(median "${times[@]}")" s - - -

# A hundred thousand names of these files, scanned once and kept. A folder of
# its own for each ten; links, so they cost no room.
many=$data/music-$unchanged
if [ ! -e "$many.done" ]; then
	say "making $unchanged names and scanning them (once)"
	rm -rf "$many" "$data/scanned-$unchanged"
	mkdir -p "$many"
	for ((i = 0; i < unchanged / files; i++)); do
		cp -al "$folder" "$many/$i"
	done
	scan "$data/scanned-$unchanged" "$many" >"$work/line"
	[ "$(jq .rejected "$work/line")" = 0 ] || { say "files were rejected"; exit 1; }
	touch "$many.done"
fi
times=()
for ((i = 0; i < rounds; i++)); do
	begun=$EPOCHREALTIME
	scan "$data/scanned-$unchanged" "$many" >"$work/line"
	times+=("$(calc "$EPOCHREALTIME - $begun")")
	[ "$(jq .unchanged "$work/line")" = $unchanged ] || { say "not all files were unchanged"; exit 1; }
done
row scan "rescan of 100,000 unchanged files" "$(median "${times[@]}")" s - - "<5"
