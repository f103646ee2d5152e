#!/usr/bin/env bash
# http.sh - `ogma serve` and the net floor alone beside nginx, in the same run.
#
# Each server is on core 0, the client on core 1; without access logs. The
# servers take turns, several rounds; medians. Where this user may, all runs in
# a network of its own whose congestion control is cubic: BBR, which some
# machines have as their own, paces loopback to a quarter of its speed.
#
# BENCH_SECONDS: of each measurement (3). BENCH_ROUNDS: an odd number (3).
set -euo pipefail

# The network of its own: once to try, once to stay in.
own_network() {
	ip link set lo up
	for place in 127.0.0.0/8 127.0.0.1; do
		ip route replace local $place dev lo proto kernel scope host \
			src 127.0.0.1 table local congctl cubic
	done
}
export -f own_network
if [ -z "${BENCH_IN_NAMESPACE:-}" ] && unshare -n bash -ec own_network 2>/dev/null; then
	export BENCH_IN_NAMESPACE=yes
	# shellcheck disable=SC2016  # the inner shell expands them
	exec unshare -n bash -ec 'own_network; exec "$0" "$@"' "$0" "$@"
fi
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

seconds=${BENCH_SECONDS:-3}
rounds=${BENCH_ROUNDS:-3}
range_bytes=1048576
nginx_port=28471
chmod 755 "$work"

# Ten megabytes that are a track.
mkdir "$work/music"
ffmpeg -loglevel error -f lavfi -i "anoisesrc=duration=60,aformat=channel_layouts=stereo" \
	-ar 44100 "$work/music/noise.wav"
file_bytes=$(stat -c %s "$work/music/noise.wav")
"$program" scan --data "$work/data" "$work/music" >/dev/null

json=$(printf '{"text":"%289s"}' '' | tr ' ' x)
cat >"$work/nginx.conf" <<-CONF
	daemon off;
	worker_processes 1;
	pid $work/nginx.pid;
	error_log $work/error.log;
	events { worker_connections 2048; }
	http {
		access_log off;
		sendfile on;
		tcp_nopush on;
		keepalive_requests 100000000;
		keepalive_timeout 60;
		open_file_cache max=16;
		client_body_temp_path $work; proxy_temp_path $work;
		fastcgi_temp_path $work; uwsgi_temp_path $work; scgi_temp_path $work;
		server {
			listen 127.0.0.1:$nginx_port;
			root $work/music;
			location /json { default_type application/json; return 200 '$json'; }
		}
	}
CONF
taskset -c 0 nginx -c "$work/nginx.conf" -p "$work" 2>/dev/null &
servers+=($!)
taskset -c 0 "$build/bench/bench_http_server" "$work/music/noise.wav" 1 >"$work/port" &
net_pid=$!
servers+=("$net_pid")
ACCESS_LOG=false serve "$work/data" taskset -c 0
for _ in $(seq 50); do
	[ -s "$work/port" ] && [ -s "$work/nginx.pid" ] && break
	sleep 0.1
done
net_port=$(cat "$work/port")
nginx_pid=$(pgrep -P "$(cat "$work/nginx.pid")")

# measure NAME PID PORT PATH CONNECTIONS [range]: adds a line
# "requests/s GB/s cpu_us/request cpu_s/GB" to NAME.
measure() {
	local name=$1 pid=$2 port=$3 path=$4 connections=$5 before after result
	shift 5
	before=$(cpu_ns "$pid")
	result=$(taskset -c 1 "$build/bench/http_load" "$port" "$path" "$seconds" "$connections" "$@")
	after=$(cpu_ns "$pid")
	awk -v ns=$((after - before)) '{ printf "%.0f %.3f %.3f %.4f\n", $1 / $3, $2 / $3 / 1e9, ns / 1e3 / $1, ns / $2 }' \
		<<<"$result" >>"$work/$name"
}

stream=/api/v1/tracks/1/stream
for ((i = 0; i < rounds; i++)); do
	say "http, round $((i + 1))"
	measure nginx.range "$nginx_pid" $nginx_port /noise.wav 32 "$file_bytes" $range_bytes
	measure ogma.range "$pid" "$port" $stream 32 "$file_bytes" $range_bytes
	measure net.range $net_pid "$net_port" /file 32 "$file_bytes" $range_bytes
	measure nginx.long "$nginx_pid" $nginx_port /noise.wav 32 "$file_bytes" $((8 * range_bytes))
	measure ogma.long "$pid" "$port" $stream 32 "$file_bytes" $((8 * range_bytes))
	measure nginx.json "$nginx_pid" $nginx_port /json 64
	measure ogma.live "$pid" "$port" /health/live 64
	measure ogma.track "$pid" "$port" /api/v1/tracks/1 64
	measure net.json $net_pid "$net_port" /json 64
done

figure() { # FILE COLUMN
	local all
	mapfile -t all < <(awk -v c="$2" '{ print $c }' "$work/$1")
	median "${all[@]}"
}

pair() { # WHAT OURS THEIRS COLUMN UNIT BAR
	row http "$1" "$(figure "$2" "$4")" "$5" nginx "$(figure "$3" "$4")" "$6"
}

pair "1 MiB ranges of a track" ogma.range nginx.range 2 GB/s "ratio>=0.9"
pair "1 MiB ranges, CPU" ogma.range nginx.range 4 s/GB "ratio<=1.2"
pair "8 MiB ranges of a track" ogma.long nginx.long 2 GB/s -
pair "/health/live" ogma.live nginx.json 1 req/s "ratio>=0.5"
pair "/health/live, CPU" ogma.live nginx.json 3 us/req -
pair "one track as JSON" ogma.track nginx.json 1 req/s -
pair "one track as JSON, CPU" ogma.track nginx.json 3 us/req -
pair "net floor alone: 1 MiB ranges" net.range nginx.range 2 GB/s -
pair "net floor alone: 300 B JSON" net.json nginx.json 1 req/s -
