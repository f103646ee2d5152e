#!/usr/bin/env bash
# peers.sh - programs that people listen with hear a channel: how many seconds of
# sound each got out of it, in the format it asked for. What has no sound is 0.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

say "peers"
mkdir -p "$work/out" "$work/rip"
channel_begin 12
live=$at/live/$channel

# Seconds of sound that is not silence in a file.
sound() {
	[ -s "$1" ] || { echo 0; return; }
	ffmpeg -nostdin -v error -i "$1" -af silenceremove=stop_periods=-1:stop_duration=0.2:stop_threshold=-50dB -f s16le -ac 1 -ar 8000 - 2>/dev/null |
		wc -c | awk '{ printf "%.1f", $1 / 16000 }'
}

# heard LABEL FILE
heard() {
	row peers "$1" "$(sound "$2")" "s of sound" - - ">=3"
}

for format in mp3 aac ogg opus; do
	timeout 20 ffmpeg -nostdin -v error -y -i "$live.$format" -t 4 "$work/out/ffmpeg.$format.wav" || true
	heard "ffmpeg, $format" "$work/out/ffmpeg.$format.wav"
	timeout 20 mpv --no-config --really-quiet --no-video --ao=pcm --ao-pcm-file="$work/out/mpv.$format.wav" --length=4 "$live.$format" >/dev/null 2>&1 || true
	heard "mpv, $format" "$work/out/mpv.$format.wav"
done
timeout 40 ffmpeg -nostdin -v error -y -i "$live/index.m3u8" -t 4 "$work/out/hls.wav" || true
heard "ffmpeg, HLS" "$work/out/hls.wav"
timeout 40 mpv --no-config --really-quiet --no-video --ao=pcm --ao-pcm-file="$work/out/mpv.hls.wav" --length=4 "$live/index.m3u8" >/dev/null 2>&1 || true
heard "mpv, HLS" "$work/out/mpv.hls.wav"
timeout 20 mpg123 -q -n 160 -w "$work/out/mpg123.wav" "$live.mp3" 2>/dev/null || true
heard "mpg123, mp3" "$work/out/mpg123.wav"
timeout 40 streamripper "$live.mp3" -d "$work/rip" -l 20 --quiet >/dev/null 2>&1 || true
row peers "streamripper: files named by their ICY titles" "$(find "$work/rip" -name '*Tone*.mp3' | wc -l)" files - - ">=1"
