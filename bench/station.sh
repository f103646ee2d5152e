#!/usr/bin/env bash
# station.sh - what an operator waits for, each request by a curl of its own: the
# times of the seed's criteria (ten items, changes of a channel, a switch that a
# listener hears, the age of figures).
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

rounds=${BENCH_ROUNDS:-3}

say "station"
channel_begin 30

# took COMMAND… - milliseconds.
took() {
	local begun=$EPOCHREALTIME
	"$@" >/dev/null
	calc "($EPOCHREALTIME - $begun) * 1000"
}

ten_items() {
	local i
	for i in 0 1 2 3 4 5 0 1 2 3; do
		ask POST "/queue/$channel/items" "{\"track_id\":${tracks[i]}}"
	done
}

# Made, read, changed, removed.
one_life() {
	local id
	id=$(ask POST /channels '{"title":"For a moment"}' | jq .id)
	ask GET "/channels/$id"
	ask PATCH "/channels/$id" '{"title":"Another name"}'
	ask DELETE "/channels/$id"
}

item() {
	ask GET "/channels/$channel" | jq -r .current_item.id
}

# Until what plays is another, asked as fast as it answers.
switch() {
	local before
	before=$(item)
	ask POST "/queue/$channel/skip"
	while [ "$(item)" = "$before" ]; do :; done
}

items=() lives=() switches=()
for _ in $(seq "$rounds"); do
	items+=("$(took ten_items)")
	lives+=("$(took one_life)")
	switches+=("$(took switch)")
	sleep 1
done
row station "ten items added to a queue, one by one" "$(median "${items[@]}")" ms - - "<30000"
row station "a channel made, read, changed and removed" "$(median "${lives[@]}")" ms - - "<2000"
row station "a skip, until the next is on" "$(median "${switches[@]}")" ms - - "<1000"
