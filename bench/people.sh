#!/usr/bin/env bash
# people.sh - do sign-ins, which hash passwords on purpose slowly, make others
# wait? 200 requests a second for a page of tracks, alone and beside 20 sign-ins
# a second; the times count from when each request was due. Medians of rounds.
#
# BENCH_SECONDS: of each measurement (3, at least 3). BENCH_ROUNDS: odd (3).
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

seconds=${BENCH_SECONDS:-3}
rounds=${BENCH_ROUNDS:-3}
folder=$(library 10000)
cp -r "$folder" "$work/data"
"$program" user add bench --data "$work/data" --role user \
	--email bench@example.org --password "a password of the bench" >/dev/null
export LIMIT_LOGIN=0 LIMIT_LOGIN_ADDRESS=0 ACCESS_LOG=false
serve "$work/data"

ask() { # RATE SECONDS PATH [BODY]
	"$build/bench/paced_load" "$port" "$@"
}
body='{"username":"bench","password":"a password of the bench"}'
page='/api/v1/tracks?limit=50'

ask 200 1 "$page" >/dev/null
for ((i = 0; i < rounds; i++)); do
	say "people, round $((i + 1))"
	ask 200 "$seconds" "$page" >>"$work/alone"
	ask 20 "$((seconds + 1))" /api/v1/auth/login "$body" >>"$work/logins" &
	logins=$!
	sleep 0.5
	ask 200 "$seconds" "$page" >>"$work/beside"
	wait "$logins"
done

figure() { # FILE COLUMN
	local all
	mapfile -t all < <(awk -v c="$2" '{ print $c }' "$work/$1")
	median "${all[@]}"
}
row people "GET /tracks beside 20 sign-ins/s, p99" "$(figure beside 3)" us "without them" "$(figure alone 3)" "ratio<=2"
row people "GET /tracks beside 20 sign-ins/s, median" "$(figure beside 2)" us "without them" "$(figure alone 2)" -
row people "a sign-in, median" "$(figure logins 2)" us - - -
row people "a sign-in, p99" "$(figure logins 3)" us - - -
