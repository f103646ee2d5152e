#!/usr/bin/env bash
# sockets.sh - a thousand WebSockets hear of the same event: how late the last
# ones are; and the same with a hundred more that never read.
#
# Ten events a second. The server is on core 0, the clients on core 1.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

readers=${BENCH_SOCKETS:-1000}
seconds=${BENCH_SOCKETS_SECONDS:-10}
ulimit -n "$(ulimit -Hn)"

export STATS_BROADCAST_INTERVAL=0.1 WEBSOCKETS_MAX=5000 WEBSOCKETS_PER_ADDRESS_MAX=5000
export HTTP_CONNECTIONS_PER_ADDRESS_MAX=5000 LIMIT_API_ANONYMOUS=1000000

value() {
	sed -n "s/.*$1=\([0-9]*\).*/\1/p" "$work/line"
}

# measure LABEL SILENT
measure() {
	local label=$1 silent=$2 cpu heard wanted
	say "sockets: $readers that read, $silent that do not"
	rm -rf "$work/data"
	serve "$work/data" taskset -c 0
	cpu=$(cpu_ns "$pid")
	taskset -c 1 "$build/bench/socket_load" "$port" "$readers" "$silent" "$seconds" >"$work/line"
	cpu=$(($(cpu_ns "$pid") - cpu))
	heard=$(value messages)
	wanted=$((readers * seconds * 10))
	row sockets "$label: an event reaches a client, p50" "$(value p50_ms)" ms - - -
	row sockets "$label: an event reaches a client, p99" "$(value p99_ms)" ms - - "<50"
	row sockets "$label: messages heard of those due" "$(calc "$heard / $wanted")" - - - ">=0.9"
	row sockets "$label: readers lost" "$(value closed)" - - - "<1"
	row sockets "$label: processor" "$(calc "$cpu / 1e7 / ($seconds + 2)")" "% of a core" - - -
	stop_all
}

measure "$readers sockets" 0
measure "$readers sockets beside 100 that do not read" 100
