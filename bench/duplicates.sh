#!/usr/bin/env bash
# duplicates.sh - how surely the same recording is found, and what a look-up costs.
#
# 10,000 different pieces (synthesised once) and the demo library are looked up
# one after the other: none may be found. Then a minute of every other demo track, in five
# encodings, 6 dB louder and softer, with and without its first 5 s: each has to be
# found, and nothing else. Lengths are not compared. At last a look-up among the
# marks of a million tracks.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

count=10000
tool=$build/bench/bench_duplicates
prints=$data/copies

heard() {
	ffmpeg -nostdin -v error "$@" -map 0:a -f s16le -ac 1 -ar 22050 - 2>/dev/null
}

# copy NUMBER FILE KIND SECONDS GAIN OPTION… - through an encoding and back.
copy() {
	local name=$prints/$1.$3-$4$5.fp
	[ ! -e "$name" ] || return 0
	ffmpeg -nostdin -v error -y -ss "$4" -i "$2" -t "$((60 - $4))" -map 0:a -af "volume=${5}dB" "${@:6}" "$work/copy.${3%%-*}"
	heard -i "$work/copy.${3%%-*}" | "$tool" print "$name"
}

copies() {
	local file cut gain number=0
	mkdir -p "$prints"
	"$(dirname "$0")/../tools/demo-library" "$data/demo" >/dev/null
	while read -r file; do
		number=$((number + 1))
		[ $((number % 2)) -eq 1 ] || continue
		[ -e "$prints/$number.fp" ] || heard -i "$file" -t 60 | "$tool" print "$prints/$number.fp"
		for cut in 0 5; do
			for gain in -6 +6; do
				copy $number "$file" mp3-64 $cut $gain -b:a 64k
				copy $number "$file" mp3-320 $cut $gain -b:a 320k
				copy $number "$file" m4a $cut $gain -b:a 96k
				copy $number "$file" opus $cut $gain -b:a 64k
				copy $number "$file" ogg $cut $gain -q:a 2
			done
		done
	done < <(find "$data/demo"/ -type f -regextype egrep -regex '.*\.(flac|mp3|ogg|m4a|opus)' | sort)
}

value() {
	awk -F'\t' -v name="$1" '$1 == name { print $2 }' "$work/result"
}

costs() {
	row duplicates "look-up among $1 tracks, median" "$(value ms)" ms - - '<20'
	row duplicates "look-up among $1 tracks, 99th of 100" "$(value ms99)" ms - - -
	row duplicates "memory at $1 tracks" "$(value mib)" MiB - - '<128'
}

if [ ! -e "$data/pieces.done" ]; then
	say "making $count pieces (once)"
	"$tool" pieces "$data/pieces" $count
	touch "$data/pieces.done"
fi
say 'encoding copies (once)'
copies
cp -r "$(library $((count + 100)))" "$work/look"
"$tool" look "$work/look" "$data/pieces" "$prints" >"$work/result"
row duplicates "copies found of $(value copies)" "$(calc "100 * $(value found) / $(value copies)")" % - - '>=99'
row duplicates "false matches among $(value pieces) pieces" "$(($(value false) + $(value wrong)))" - - - '<=0'
row duplicates 'most bits that differ in a copy' "$(value worst)" - - - -
costs "$count"
cp -r "$(library $((count + 100)))" "$work/scale"
"$tool" scale "$work/scale" 1000000 >/dev/null
"$tool" scale "$work/scale" 0 >"$work/result" # a process that only looks up
costs 1,000,000
row duplicates 'store of the marks of 1,000,000 tracks' "$(($(stat -c %s "$work/scale/ogma.db") >> 20))" MiB - - -
