#!/usr/bin/env bash
# memory.sh - resident memory of `ogma serve` that nobody asks at the moment.
#
# "used" means after the requests of a person who looks around: the pages of
# the web app, lists, albums, artists, tracks and searches with typos.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

look_around() {
	local i word
	for ((i = 1; i <= 20; i++)); do
		fetch /
		fetch "/api/v1/tracks?limit=50&offset=$((i * 50))"
		fetch "/api/v1/albums?limit=50&sort=-year"
		fetch "/api/v1/artists?limit=50"
		fetch "/api/v1/tracks/$((i * 37))"
		fetch "/api/v1/albums/$((i * 7))"
		fetch "/api/v1/artists/$((i * 3))/tracks"
		fetch /metrics
		for word in m ma mal malo maloriten malorten kanmer merkan кан тенлори ghbdtn xyzzyxyz; do
			fetch "/api/v1/search/multi/?q=$word"
		done
	done
}

# rows NAME FOLDER BAR_OF_USED
rows() {
	serve "$2"
	sleep 2
	row memory "$1: idle, resident" "$(memory_of "$pid" VmRSS)" MiB - - -
	if [ "$3" != never ]; then
		look_around
		sleep 2
		row memory "$1: used, resident" "$(memory_of "$pid" VmRSS)" MiB - - "$3"
	fi
	row memory "$1: proportional (PSS)" "$(memory_of "$pid" Pss)" MiB - - -
	row memory "$1: of its own, not of files" "$(memory_of "$pid" RssAnon)" MiB - - -
	stop "$pid"
}

say "memory"
rows "empty library" "$work/empty" never
rows "10,000 tracks" "$(library 10000)" "<40"
rows "1,000,000 tracks" "$(library 1000000)" -
