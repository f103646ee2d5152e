#!/usr/bin/env bash
# search.sh - the embedded index, in process, at three sizes; see bench_search.c
# for the catalogue and the classes of queries.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

for size in 10000 100000 1000000; do
	folder=$data/search-$size
	[ -f "$folder/built" ] || rm -rf "$folder" # it was not made to its end
	mkdir -p "$folder"
	say "search at $size tracks"
	# Ends with 1 when a class is over its bar: the table says so too.
	"$build/bench/bench_search" $size "$folder" >"$work/out" || true
	if grep -q '^build:' "$work/out"; then
		grep '^build:' "$work/out" >"$folder/built"
	fi
	name=$((size / 1000))k
	[ $name != 1000k ] || name=1M
	awk -v size=$name -v OFS='\t' '
		$1 == "tracks" && NF >= 9 {
			bar = (size != "1M") ? "-" : (($2 ~ /^p[1-4]$/) ? "<=100" : "<=7000")
			print "search", size ": " $2 ", p99 of medians (p50 " $3 ")", $9, "us", "p99 by the clock", $5, bar
		}
		$1 == "open:" { print "search", size ": open", $2, "ms", "-", "-", "-" }
		$1 == "index:" { print "search", size ": index on disk", $2, "MB", "-", "-", "-" }
		/^memory after queries/ { print "search", size ": resident after queries", $4, "MiB", "-", "-", "-" }
	' "$work/out"
	awk -v size=$name -v OFS='\t' '{ print "search", size ": build", $2, "s", "-", "-", "-" }' "$folder/built"
done
