#!/usr/bin/env bash
# The demo library: every score is sound, a cut piece has no gap, the tags that
# FFmpeg cannot write are right, and a second run does nothing.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tools/tap.sh
. "$top/tests/tools/tap.sh"
room=$(mktemp -d)
export OGMA_DEMO_SECONDS=20 # of pieces that are not cut
trap 'rm -rf "$room"' EXIT

samples() { # decoded sample frames of the files, one after the other
	local file
	for file in "$@"; do
		ffmpeg -nostdin -loglevel error -i "$file" -map 0:a -f s16le -ac 1 - </dev/null
	done | wc -c | awk '{ print $1 / 2 }'
}

score_is_sound() {
	awk -f "$top/demo/expand.awk" "$1" >"$room/score.abc" &&
		abc2midi "$room/score.abc" -o "$room/score.mid" >"$room/score.log" 2>&1 &&
		! grep -E '^(Error|Warning)' "$room/score.log"
}

every_score_is_sound() {
	local score
	for score in "$top"/demo/scores/*.abc; do
		score_is_sound "$score" || { echo "$score"; return 1; }
	done
}

a_bar_too_long_is_noticed() {
	printf 'X:1\nM:2/4\nL:1/4\nK:C\nC D | C D E | C D |\n' >"$room/bad.abc"
	! score_is_sound "$room/bad.abc" >/dev/null
}

# A fresh machine has no locale but C, whose letters are ASCII.
it_renders_two_pieces_without_a_locale() {
	LC_ALL=C "$top/tools/demo-library" "$room/music" canon kalinka >"$room/log" 2>&1 || { cat "$room/log"; return 1; }
	[ "$(find "$room/music" -name '*.mp3' | wc -l)" = 4 ]
}

cut_tracks_last_to_the_sample() {
	[ "$(samples "$room"/music/Consort*/Canon*/01*.mp3)" = 2646000 ] &&
		[ "$(samples "$room"/music/Consort*/Canon*/02*.mp3)" = 2646000 ]
}

old_russian_tags_are_cp1251() {
	local file
	file=$(find "$room/music" -name '02 Калинка.mp3')
	LC_ALL=C grep -qa "$(printf '\312\340\353\350\355\352\340')" "$file" &&
		[ "$(tail -c 128 "$file" | head -c 3)" = TAG ] &&
		[ "$(tail -c 125 "$file" | head -c 7 | iconv -f CP1251 -t UTF-8)" = Калинка ]
}

covers_are_laid_and_embedded() {
	[ -s "$(find "$room/music" -path '*Canon*' -name cover.jpg)" ] &&
		ffprobe -v error -show_entries stream=width -of csv=p=0 "$room"/music/Consort*/Canon*/01*.mp3 | grep -qx 1200
}

a_second_run_leaves_files_alone() {
	local before after
	before=$(find "$room/music" -name '*.mp3' -printf '%p %T@\n' | sort)
	"$top/tools/demo-library" "$room/music" canon kalinka >/dev/null 2>&1
	after=$(find "$room/music" -name '*.mp3' -printf '%p %T@\n' | sort)
	[ "$before" = "$after" ]
}

the_same_sources_give_the_same_bytes() {
	local once
	once=$(find "$room/music" -name '*.mp3' -exec sha256sum {} + | sort)
	find "$room/music" -name '*.mp3' -delete
	"$top/tools/demo-library" "$room/music" canon kalinka >/dev/null 2>&1
	[ "$once" = "$(find "$room/music" -name '*.mp3' -exec sha256sum {} + | sort)" ]
}

a_piece_that_is_not_cut_ends_where_it_is_told_to() {
	local file
	OGMA_DEMO_SECONDS=5 "$top/tools/demo-library" "$room/short" kalinka >/dev/null 2>&1
	file=$(find "$room/short" -name '02 Калинка.mp3')
	[ "$(samples "$file")" -gt 200000 ] && [ "$(samples "$file")" -le 225000 ]
}

nothing_is_left_behind() {
	[ -z "$(find "$room/music" -name '.render*')" ] && ! grep -q complete "$room/music/.ogma-demo"
}

check every_score_is_sound a_bar_too_long_is_noticed it_renders_two_pieces_without_a_locale cut_tracks_last_to_the_sample \
	old_russian_tags_are_cp1251 covers_are_laid_and_embedded a_second_run_leaves_files_alone \
	the_same_sources_give_the_same_bytes a_piece_that_is_not_cut_ends_where_it_is_told_to nothing_is_left_behind
