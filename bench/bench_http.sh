#!/usr/bin/env bash
# bench_http.sh - small answers and file ranges beside nginx, in the same run.
#
#   bench/bench_http.sh [BUILD]
#
# Each server has one worker on core 0, the client is on core 1. Three rounds,
# the two servers in turn; printed is the median of each. Where this user may,
# all runs in a network of its own whose congestion control is cubic: BBR, which
# some machines have as their own, paces loopback to a quarter of its speed.
#
# BENCH_SECONDS: of each measurement (3). BENCH_ROUNDS: an odd number (3).
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$top/build}
seconds=${BENCH_SECONDS:-3}
rounds=${BENCH_ROUNDS:-3}
file_bytes=10485760
range_bytes=1048576
nginx_port=28471

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
	exec unshare -n bash -ec 'own_network; exec "$0" "$@"' "$0" "$build"
fi

work=$(mktemp -d)
pids=()
finish() {
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
	wait 2>/dev/null || true
	rm -rf "$work"
}
trap finish EXIT

head -c $file_bytes /dev/urandom >"$work/file"
chmod 755 "$work"
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
		client_body_temp_path $work; proxy_temp_path $work;
		fastcgi_temp_path $work; uwsgi_temp_path $work; scgi_temp_path $work;
		server {
			listen 127.0.0.1:$nginx_port;
			root $work;
			location /json { default_type application/json; return 200 '$json'; }
		}
	}
CONF
taskset -c 0 nginx -c "$work/nginx.conf" -p "$work" 2>/dev/null &
pids+=($!)
taskset -c 0 "$build/bench/bench_http_server" "$work/file" 1 >"$work/port" &
pids+=($!)
for _ in $(seq 50); do
	[ -s "$work/port" ] && [ -s "$work/nginx.pid" ] && break
	sleep 0.1
done
our_pid=${pids[1]}
our_port=$(cat "$work/port")
nginx_pid=$(pgrep -P "$(cat "$work/nginx.pid")")

# Nanoseconds all threads of a process have run.
cpu_ns() {
	cat /proc/"$1"/task/*/schedstat | awk '{ n += $1 } END { printf "%.0f", n }'
}

# measure PID PORT PATH CONNECTIONS [range]: "requests/s GB/s cpu_us/request cpu_s/GB"
measure() {
	local pid=$1 port=$2 path=$3 connections=$4 before after result
	shift 4
	before=$(cpu_ns "$pid")
	result=$(taskset -c 1 "$build/bench/http_load" "$port" "$path" "$seconds" "$connections" "$@")
	after=$(cpu_ns "$pid")
	awk -v ns=$((after - before)) '{ printf "%.0f %.3f %.3f %.4f\n", $1 / $3, $2 / $3 / 1e9, ns / 1e3 / $1, ns / $2 }' <<<"$result"
}

for _ in $(seq "$rounds"); do
	measure "$our_pid" "$our_port" /json 64 >>"$work/ours.json"
	measure "$nginx_pid" $nginx_port /json 64 >>"$work/nginx.json"
	measure "$our_pid" "$our_port" /file 32 $file_bytes $range_bytes >>"$work/ours.range"
	measure "$nginx_pid" $nginx_port /file 32 $file_bytes $range_bytes >>"$work/nginx.range"
done

median() { # FILE COLUMN
	awk -v c="$2" '{ print $c }' "$1" | sort -g | sed -n "$((rounds / 2 + 1))p"
}

row() { # NAME KIND COLUMN BAR
	local ours nginx
	ours=$(median "$work/ours.$2" "$3")
	nginx=$(median "$work/nginx.$2" "$3")
	awk -v name="$1" -v a="$ours" -v b="$nginx" -v bar="$4" \
		'BEGIN { printf "| %-34s | %10s | %10s | %5.2f | %s |\n", name, a, b, a / b, bar }'
}

congestion=$(cat /proc/sys/net/ipv4/tcp_congestion_control)
[ -z "${BENCH_IN_NAMESPACE:-}" ] || congestion=cubic
echo "HTTP, one core each; congestion control: $congestion"
echo "| measured                           |       ours |      nginx | ratio | bar |"
echo "|------------------------------------|------------|------------|-------|-----|"
row "300 B JSON, requests/s" json 1 ">= 0.50"
row "300 B JSON, CPU us/request" json 3 "-"
row "1 MiB ranges, GB/s" range 2 ">= 0.90"
row "1 MiB ranges, CPU s/GB" range 4 "<= 1.20"
