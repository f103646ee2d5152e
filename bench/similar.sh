#!/usr/bin/env bash
# similar.sh - what sounds alike among a million tracks, and what is recommended in a
# library of 100,000; in process. The bar is of processor time, which other programs
# on the machine change least; by the clock beside it.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

say "similar"
declare -A of
while read -r name value; do
	of[$name]=$value
done < <("$build/bench/bench_similar" points 1000000)
row similar "1M points: the 30 nearest, median" "${of[median_cpu_us]}" us "by the clock" "${of[median_us]}" -
row similar "1M points: the 30 nearest, p99" "${of[p99_cpu_us]}" us "by the clock" "${of[p99_us]}" "<5000"
row similar "1M points: memory" "${of[megabytes]}" MB - - "<=67.1"
row similar "1M points: arranging them" "${of[arranged_ms]}" ms - - -

mkdir "$work/library"
cp "$(library 100000)/ogma.db" "$work/library/"
while read -r name median p99; do
	case $name in
	similar) figure="100k: 30 similar tracks" ;;
	for_user) figure="100k: 30 recommendations" ;;
	*) continue ;;
	esac
	row similar "$figure, median" "$median" us - - -
	row similar "$figure, p99" "$p99" us - - "<50000"
done < <("$build/bench/bench_similar" library "$work/library")
