#!/usr/bin/env bash
# live.sh - ten thousand listeners of one stream of 128 kbit/s, beside icecast2
# in the same run; see bench_live.c.
#
# The server is on core 0, the listeners on core 1. BENCH_LISTENERS: how many
# (10000; the hard limit of open files bounds it). BENCH_LIVE_SECONDS (20).
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

listeners=${BENCH_LISTENERS:-10000}
seconds=${BENCH_LIVE_SECONDS:-20}
icecast_port=28473
most=$(($(ulimit -Hn) - 200))
[ "$listeners" -le "$most" ] || listeners=$most
ulimit -n "$(ulimit -Hn)"

# measure NAME PID PORT: writes "cpu_ms_per_1000_s rss_kib_per_1000 p99_ms lost"
measure() {
	local name=$1 pid=$2 port=$3 before after cpu heard
	before=$(memory_of "$pid" VmRSS)
	rm -f "$work/line"
	mkfifo "$work/line"
	taskset -c 1 "$build/bench/bench_live" listen "$port" "$listeners" "$seconds" >"$work/line" &
	{
		read -r _
		cpu=$(cpu_ns "$pid")
		read -r heard
	} <"$work/line"
	cpu=$(($(cpu_ns "$pid") - cpu))
	after=$(memory_of "$pid" VmRSS)
	awk -v cpu="$cpu" -v s="$seconds" -v n="$listeners" -v a="$after" -v b="$before" -v heard="$heard" 'BEGIN {
		split(heard, h)
		printf "%.4g %.4g %s %s %s\n", cpu / 1e7 / s / n * 1000, (a - b) * 1024 / n * 1000, h[4], h[5], h[6]
	}' >"$work/$name"
}

say "live: $listeners listeners"
taskset -c 0 "$build/bench/bench_live" serve 10000 >"$work/port" &
ours=$!
servers+=("$ours")
sleep 3
measure ours "$ours" "$(cat "$work/port")"
stop "$ours"

mkdir -p "$work/icecast"
cat >"$work/icecast.xml" <<-XML
	<icecast>
	  <limits><clients>20000</clients><sources>2</sources><queue-size>524288</queue-size><client-timeout>30</client-timeout>
	    <header-timeout>60</header-timeout><source-timeout>30</source-timeout><burst-size>65535</burst-size></limits>
	  <authentication><source-password>hackme</source-password><admin-user>admin</admin-user><admin-password>hackme</admin-password></authentication>
	  <hostname>localhost</hostname>
	  <listen-socket><port>$icecast_port</port><bind-address>127.0.0.1</bind-address></listen-socket>
	  <fileserve>0</fileserve>
	  <paths><basedir>$work/icecast</basedir><logdir>$work/icecast</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
	  <logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>1</loglevel></logging>
	  <security><chroot>0</chroot><changeowner><user>nobody</user><group>nogroup</group></changeowner></security>
	</icecast>
XML
chmod -R a+rwX "$work"
taskset -c 0 icecast2 -c "$work/icecast.xml" >"$work/icecast.out" 2>&1 &
peer=$!
servers+=("$peer")
sleep 2
taskset -c 1 "$build/bench/bench_live" feed "$icecast_port" &
servers+=($!)
sleep 3
measure peer "$peer" "$icecast_port"

read -r our_cpu our_memory our_p99 our_max our_lost <"$work/ours"
read -r peer_cpu peer_memory peer_p99 _ _ <"$work/peer"
row live "$listeners listeners: CPU for 1,000" "$our_cpu" "% of a core" icecast2 "$peer_cpu" "ratio<=0.5"
row live "$listeners listeners: memory for 1,000" "$our_memory" KiB icecast2 "$peer_memory" "ratio<=0.5"
row live "$listeners listeners: lateness, p99" "$our_p99" ms icecast2 "$peer_p99" "<500"
row live "$listeners listeners: lateness, most" "$our_max" ms - - -
row live "$listeners listeners: lost" "$our_lost" "" - - "<1"
