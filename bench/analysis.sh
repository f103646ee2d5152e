#!/usr/bin/env bash
# analysis.sh - how fast sound is listened to, and how often the tempo is right.
#
# Speed: the same music in six encodings, decoded only and analysed, by processor
# time of one media process; peer is decoding alone. Then two processes at once.
# Tempo: BENCH_TEMPO is a folder of MIDI files with truth.tsv in it (file, beats a
# minute, …); played by fluidsynth and heard by us and, as peer, by `aubio tempo`.
# Within 4 %, an octave (or a third) allowed.
# Hostile: 1,000 files fuzzed out of good ones (tests/unit/test_media_fuzzed.c).
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

seconds=240
show=$BENCH_BUILD/tools/media_show
export MEDIA_PROGRAM=$BENCH_BUILD/src/ogma-media

# cpu COMMAND… - processor time of the command and its children, in seconds.
cpu() {
	local TIMEFORMAT='%U %S'
	{ time "$@" >/dev/null 2>&1; } 2>&1 | awk '{ print $1 + $2 }'
}

encode() {
	local file encoding
	"$(dirname "$0")/../tools/demo-library" "$work/demo" >/dev/null
	file=$(find "$work/demo" -name '*.flac' -size +1M | sort | sed -n 1p)
	ffmpeg -nostdin -v error -stream_loop -1 -i "$file" -t $seconds -ar 44100 "$work/song.wav"
	for encoding in 'mp3 -b:a 192k' flac 'm4a -b:a 192k' 'ogg -q:a 5' 'opus -b:a 128k'; do
		# shellcheck disable=SC2086  # words are options
		set -- $encoding
		ffmpeg -nostdin -v error -i "$work/song.wav" "${@:2}" "$work/song.$1"
	done
}

speed() {
	local kind decode analyse bar
	for kind in wav mp3 flac m4a ogg opus; do
		decode=$(cpu "$show" transcode "$work/song.$kind" rawf /dev/null)
		analyse=$(cpu "$show" analyse "$work/song.$kind")
		bar=-
		[ $kind != mp3 ] || bar='>=100'
		row analysis "$kind: times real time on one core" "$(calc "$seconds / $analyse")" x \
			'decoding alone' "$(calc "$seconds / $decode")" "$bar"
	done
}

# wall COMMAND… - seconds by the clock.
wall() {
	local begun=$EPOCHREALTIME
	"$@" >/dev/null
	calc "$EPOCHREALTIME - $begun"
}

both() {
	"$show" analyse "$work/song.mp3" "$work/song.mp3" &
	"$show" analyse "$work/song.mp3" "$work/song.mp3"
	wait
}

scale() {
	local one two
	one=$(wall "$show" analyse "$work/song.mp3" "$work/song.mp3")
	two=$(wall both)
	row analysis 'mp3: two processes at once' "$(calc "2 * $one / $two")" x - - '>=1.8'
}

# "truth ours aubio" for each file.
tempo_rows() {
	local file bpm
	while IFS=$'\t' read -r file bpm _; do
		[ -f "$BENCH_TEMPO/$file" ] || continue
		fluidsynth -ni -q -r 44100 -F "$work/t.wav" /usr/share/sounds/sf2/FluidR3_GM.sf2 \
			"$BENCH_TEMPO/$file" >/dev/null 2>&1
		echo "$bpm $("$show" analyse "$work/t.wav" | jq .tempo)" \
			"$(aubio tempo "$work/t.wav" 2>/dev/null | awk '{ print $1 + 0 }')"
	done <"$BENCH_TEMPO/truth.tsv"
}

# share COLUMN TIMES… - of the rows whose tempo is the truth times one of these.
share() {
	awk -v c="$1" -v times="${*:2}" '
		BEGIN { count = split(times, by, " ") }
		{
			for (i = 1; i <= count; i++)
				if ($c >= 0.96 * $1 * by[i] && $c <= 1.04 * $1 * by[i]) { hits++; break }
		}
		END { printf "%.2f", NR ? hits / NR : 0 }' "$work/tempo"
}

tempo() {
	local octaves='1 2 0.5 3 0.3333333'
	tempo_rows >"$work/tempo"
	row analysis "tempo of $(wc -l <"$work/tempo") songs right" "$(share 2 1)" - aubio "$(share 3 1)" -
	# shellcheck disable=SC2086  # words are arguments
	row analysis 'tempo right, octave allowed' "$(share 2 $octaves)" - aubio "$(share 3 $octaves)" 'ratio>=1'
}

hostile() {
	local files probed heard crashed longest memory
	ninja -C "$BENCH_BUILD" --quiet tests/unit/test_media_fuzzed >&2
	read -r _ files probed heard crashed longest memory < <(FUZZED_FILES=1000 FUZZED_REPORT=1 \
		"$BENCH_BUILD/tests/unit/test_media_fuzzed" 2>&1 | grep '^fuzzed ')
	row analysis "$files fuzzed files: probed" "$probed" files - - -
	row analysis "$files fuzzed files: heard" "$heard" files - - -
	row analysis "$files fuzzed files: crashed media processes" "$crashed" - - - -
	row analysis "$files fuzzed files: the longest answer" "$longest" ms - - '<=10000'
	row analysis "$files fuzzed files: the largest process" "$memory" MiB - - '<=200'
}

encode
speed
scale
hostile
[ -z "${BENCH_TEMPO:-}" ] || tempo
