/* bench_music.c - many files of real audio, each with tags of its own.
 *
 *	bench_music OUT_FOLDER COUNT SEED…
 *
 * File n holds the packets of seed n mod SEEDS as they are, under its own
 * title, album and artist: ten files an album, four albums an artist. A seed's
 * picture gets some bytes behind its end, so that each album has another one,
 * as in a real library. Written by two processes. */
#include <libavformat/avformat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ALBUM_FILES 10
#define ARTIST_ALBUMS 4
#define PROCESSES 2

static void
check(int code, const char *what)
{
	char text[AV_ERROR_MAX_STRING_SIZE] = "";

	if (code >= 0)
		return;
	av_strerror(code, text, sizeof text);
	fprintf(stderr, "bench_music: %s: %s\n", what, text);
	exit(1);
}

static void
tag(AVFormatContext *out, const char *name, const char *before, unsigned value,
    const char *after)
{
	char text[100];

	snprintf(text, sizeof text, "%s%u%s", before, value, after);
	av_dict_set(&out->metadata, name, text, 0);
}

static void
tags_set(AVFormatContext *out, unsigned n)
{
	unsigned album = n / ALBUM_FILES;

	av_dict_free(&out->metadata);
	tag(out, "title", "Measured Piece No. ", n, "");
	tag(out, "album", "Collected Measures, Volume ", album, "");
	tag(out, "artist", "The Number ", album / ARTIST_ALBUMS, " Ensemble");
	tag(out, "album_artist", "The Number ", album / ARTIST_ALBUMS, " Ensemble");
	tag(out, "track", "", n % ALBUM_FILES + 1, "/10");
	tag(out, "date", "", 1960 + album % 65, "");
	av_dict_set(&out->metadata, "genre",
		    album % 3 ? "Electronic" : "Классика", 0);
}

static void
picture_alter(AVPacket *packet, unsigned album)
{
	int at = packet->size;

	check(av_grow_packet(packet, (int)sizeof album), "picture");
	memcpy(packet->data + at, &album, sizeof album);
}

static void
packets_copy(AVFormatContext *in, AVFormatContext *out, unsigned n)
{
	AVPacket *packet = av_packet_alloc();

	while (av_read_frame(in, packet) >= 0) {
		AVStream *from = in->streams[packet->stream_index];
		AVStream *to = out->streams[packet->stream_index];

		if (from->disposition & AV_DISPOSITION_ATTACHED_PIC)
			picture_alter(packet, n / ALBUM_FILES);
		av_packet_rescale_ts(packet, from->time_base, to->time_base);
		packet->pos = -1;
		check(av_interleaved_write_frame(out, packet), "write");
	}
	av_packet_free(&packet);
}

static void
file_make(const char *seed, const char *path, unsigned n)
{
	AVFormatContext *in = NULL, *out = NULL;

	check(avformat_open_input(&in, seed, NULL, NULL), seed);
	check(avformat_find_stream_info(in, NULL), seed);
	check(avformat_alloc_output_context2(&out, NULL, NULL, path), path);
	for (unsigned i = 0; i < in->nb_streams; i++) {
		AVStream *stream = avformat_new_stream(out, NULL);

		check(avcodec_parameters_copy(stream->codecpar,
					      in->streams[i]->codecpar),
		      path);
		stream->codecpar->codec_tag = 0;
		stream->disposition = in->streams[i]->disposition;
	}
	tags_set(out, n);
	check(avio_open(&out->pb, path, AVIO_FLAG_WRITE), path);
	check(avformat_write_header(out, NULL), path);
	packets_copy(in, out, n);
	check(av_write_trailer(out), path);
	avio_closep(&out->pb);
	avformat_free_context(out);
	avformat_close_input(&in);
}

static void
files_make(const char *folder, unsigned first, unsigned count, char **seeds,
	   unsigned seed_count)
{
	char path[4096];

	for (unsigned n = first; n < count; n += PROCESSES) {
		const char *seed = seeds[n % seed_count];
		unsigned album = n / ALBUM_FILES;

		snprintf(path, sizeof path, "%s/%u", folder,
			 album / ARTIST_ALBUMS);
		mkdir(path, 0777);
		snprintf(path, sizeof path, "%s/%u/%u", folder,
			 album / ARTIST_ALBUMS, album);
		mkdir(path, 0777);
		snprintf(path, sizeof path, "%s/%u/%u/%02u%s", folder,
			 album / ARTIST_ALBUMS, album, n % ALBUM_FILES + 1,
			 strrchr(seed, '.'));
		file_make(seed, path, n);
	}
}

int
main(int count, char **arguments)
{
	int how, bad = 0;

	if (count < 4) {
		fputs("usage: bench_music OUT_FOLDER COUNT SEED...\n", stderr);
		return 2;
	}
	av_log_set_level(AV_LOG_ERROR);
	mkdir(arguments[1], 0777);
	for (unsigned i = 0; i < PROCESSES; i++) {
		if (fork() != 0)
			continue;
		files_make(arguments[1], i,
			   (unsigned)strtoul(arguments[2], NULL, 10),
			   arguments + 3, (unsigned)count - 3);
		return 0;
	}
	while (wait(&how) > 0)
		bad |= how;
	return bad != 0;
}
