# shellcheck shell=bash
# common.sh - what the sections of tools/bench share; sourced by them.
#
# Given by tools/bench: BENCH_BUILD (the optimised tree), BENCH_DATA (kept
# between runs). A section prints rows of the table and nothing else on its
# standard output:
#
#	row SECTION FIGURE OURS UNIT PEER PEER_FIGURE BAR
#
# BAR: "<100" or ">=5" (of ours), "ratio>=0.6" (of ours to the peer), or "-".

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${BENCH_BUILD:-$top/build-bench}
data=${BENCH_DATA:-$build/data}
program=$build/ogma
work=$(mktemp -d /var/tmp/ogma-bench-XXXXXX)
servers=()

export RESCAN_INTERVAL_SECONDS=0

finish() {
	stop_all
	rm -rf "$work"
}

stop_all() {
	[ ${#servers[@]} -eq 0 ] || kill "${servers[@]}" 2>/dev/null || true
	[ ${#servers[@]} -eq 0 ] || wait "${servers[@]}" 2>/dev/null || true
	servers=()
}
trap finish EXIT

row() {
	local IFS=$'\t'
	printf '%s\n' "$*"
}

# What is being done, for a person who waits.
say() {
	printf 'bench: %s\n' "$*" >&2
}

# median NUMBER… - of an odd count.
median() {
	printf '%s\n' "$@" | sort -g | sed -n "$((($# + 1) / 2))p"
}

calc() {
	awk "BEGIN { printf \"%.4g\", $1 }"
}

# Nanoseconds all threads of a process have run.
cpu_ns() {
	cat /proc/"$1"/task/*/schedstat | awk '{ n += $1 } END { printf "%.0f", n }'
}

# MiB: memory_of PID VmRSS|RssAnon|Pss
memory_of() {
	local file=status
	[ "$2" != Pss ] || file=smaps_rollup
	awk -v name="$2:" '$1 == name { printf "%.1f", $2 / 1024 }' "/proc/$1/$file"
}

# serve DATA [COMMAND…] - starts ogma serve, perhaps under a command such as
# taskset, and waits until it is ready: sets pid, port and ready_ms, the time
# from the program's start to its own word that it listens.
serve() {
	local folder=$1 begun line
	shift
	rm -f "$work/ready"
	mkfifo "$work/ready"
	begun=$EPOCHREALTIME
	ANALYSIS=no "$@" "$program" serve --json --data "$folder" --host 127.0.0.1 --port 0 >"$work/ready" &
	pid=$!
	servers+=("$pid")
	read -r line <"$work/ready"
	# shellcheck disable=SC2034  # for the sections
	ready_ms=$(calc "($EPOCHREALTIME - $begun) * 1000")
	port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' <<<"$line")
	[ -n "$port" ]
}

stop() {
	kill "$1"
	wait "$1" || true
}

fetch() {
	curl -sS -o /dev/null "http://127.0.0.1:$port$1"
}

# A library of N tracks with its index, made once: library N → its folder.
library() {
	local folder=$data/library-$1
	if [ ! -e "$folder/done" ]; then
		say "making a library of $1 tracks (once)"
		rm -rf "$folder"
		mkdir -p "$folder"
		"$build/bench/bench_library" "$folder" "$1" 2>>"$folder/made.log" >&2
		"$program" index --rebuild --data "$folder" >>"$folder/made.log" 2>&1
		touch "$folder/done"
	fi
	echo "$folder"
}

# Real files with real tags, made once: music N → their folder.
music() {
	local folder=$data/music-$1
	if [ ! -e "$folder.done" ]; then
		say "making $1 audio files (once)"
		rm -rf "$folder"
		seeds_make
		"$build/bench/bench_music" "$folder" "$1" "$data"/seeds/*
		touch "$folder.done"
	fi
	echo "$folder"
}

# Sixty files of ten kinds, some with a picture of about 100 kB.
seeds_make() {
	local i kind cover seconds rate
	[ ! -e "$data/seeds.done" ] || return 0
	rm -rf "$data/seeds"
	mkdir -p "$data/seeds"
	for i in 0 1 2 3 4 5; do
		ffmpeg -loglevel error -y -f lavfi -i "mandelbrot=size=600x600:start_x=-0.7$i" \
			-frames:v 1 -q:v 2 "$work/cover$i.jpg"
	done
	i=0
	for kind in mp3 mp3 flac m4a mp3 ogg flac mp3 opus m4a mp3 flac mp3 ogg flac mp3 m4a opus \
		mp3 flac mp3 ogg flac mp3 opus m4a mp3 flac mp3 ogg flac mp3 opus m4a mp3 flac \
		mp3 ogg flac mp3 opus m4a mp3 flac mp3 ogg flac mp3 opus m4a mp3 flac mp3 ogg \
		flac m4a wav aiff wma wv; do
		cover=()
		case $kind in
		mp3 | flac | m4a)
			[ $((i % 3)) -eq 0 ] || cover=(-i "$work/cover$((i % 6)).jpg" -map 0:a -map 1:v
				-c:v copy -disposition:v attached_pic) ;;
		esac
		rate=44100
		[ "$kind" != opus ] || rate=48000
		seconds=$((8 + i % 7))
		ffmpeg -loglevel error -y -f lavfi \
			-i "sine=frequency=$((200 + 7 * i)):duration=$seconds,aformat=channel_layouts=stereo" \
			"${cover[@]}" -ar $rate "$(printf '%s/seeds/%02d.%s' "$data" $i "$kind")" \
			2>>"$work/ffmpeg.log" ||
			{ cat "$work/ffmpeg.log" >&2; return 1; }
		i=$((i + 1))
	done
	touch "$data/seeds.done"
}

# channel_begin SECONDS - a server whose one channel plays six pieces of so many
# seconds, twice: sets at (its address), channel and tracks (the ids), and ask.
channel_begin() {
	local i password=only-for-the-benchmark
	mkdir -p "$work/music"
	for i in 1 2 3 4 5 6; do
		ffmpeg -nostdin -v error -y -f lavfi -i "sine=$((200 * i)):duration=$1" -metadata "title=Tone $i" \
			-metadata artist=Peers -ac 2 "$work/music/$i.mp3"
	done
	"$program" scan "$work/music" --json --data "$work/data" >/dev/null
	"$program" user add mod --role moderator --email mod@example.org --password "$password" --data "$work/data" >/dev/null
	serve "$work/data"
	at=http://127.0.0.1:$port
	token=$(curl -sf "$at/api/v1/auth/login-json" -H 'Content-Type: application/json' \
		-d "{\"username\":\"mod\",\"password\":\"$password\"}" | jq -r .access_token)
	channel=$(ask POST /channels '{"title":"Measured"}' | jq .id)
	mapfile -t tracks < <(ask GET '/tracks?limit=10' | jq '.items[].id')
	for i in "${tracks[@]}" "${tracks[@]}"; do
		ask POST "/queue/$channel/items" "{\"track_id\":$i}" >/dev/null
	done
	ask POST "/channels/$channel/start" >/dev/null
}

# ask METHOD PATH [JSON] - as the operator of channel_begin.
ask() {
	curl -sf -X "$1" "$at/api/v1$2" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' ${3:+-d "$3"}
}
