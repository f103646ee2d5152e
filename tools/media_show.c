/* media_show.c - drives the media floor by hand.
 *
 *	media_show probe FILE...
 *	media_show analyse FILE...	one line of JSON for each
 *	media_show picture FILE OUT
 *	media_show thumbnail PICTURE SIZE webp|jpeg OUT
 *	media_show transcode FILE FORMAT OUT [KBPS [OFFSET_MS]]
 *
 * MEDIA_PROGRAM names the ogma-media to use. Formats: mp3 v (VBR mp3) adts aac
 * opus flac wav wavf raw rawf. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "media/media.h"

static int
complain(const char *what, const struct fault *fault)
{
	fprintf(stderr, "%s: %s (%s)\n", what, fault->message,
		status_name(fault->status));
	return 1;
}

static void
print_credits(struct json_writer *json, const struct media_facts *facts)
{
	static const char *const roles[] = {
		"main",	     "featured",  "composer", "conductor", "remixer",
		"performer", "lyricist", "producer", "album"
	};

	json_member_array_begin(json, "credits");
	for (size_t i = 0; i < facts->credit_count; i++) {
		json_object_begin(json);
		json_member_text(json, "name", facts->credits[i].name);
		json_member_text(json, "role", roles[facts->credits[i].role]);
		if (facts->credits[i].mbid != NULL)
			json_member_text(json, "mbid", facts->credits[i].mbid);
		json_object_end(json);
	}
	json_array_end(json);
	json_member_array_begin(json, "genres");
	for (size_t i = 0; i < facts->genre_count; i++)
		json_text(json, facts->genres[i]);
	json_array_end(json);
}

static void
print_stream(struct json_writer *json, const struct media_facts *facts)
{
	char key[2 * SHA256_BYTES + 1];

	json_member_text(json, "container", facts->container);
	json_member_text(json, "codec", facts->codec);
	json_member_int(json, "duration_ms", facts->duration_ms);
	json_member_int(json, "bitrate_bps", facts->bitrate_bps);
	json_member_int(json, "sample_rate_hz", facts->sample_rate_hz);
	json_member_int(json, "channels", facts->channels);
	json_member_int(json, "bit_depth", facts->bit_depth);
	json_member_bool(json, "gapless_known", facts->gapless_known);
	json_member_int(json, "start_trim", facts->start_trim_samples);
	json_member_int(json, "end_trim", facts->end_trim_samples);
	hex_print(facts->audio_key, SHA256_BYTES, key);
	json_member_text(json, "audio_key", key);
}

static void
print_tags(struct json_writer *json, const struct media_facts *facts)
{
	json_member_text(json, "title", facts->title);
	json_member_text(json, "artist", facts->artist_text);
	json_member_text(json, "album", facts->album);
	json_member_text(json, "album_artist", facts->album_artist_text);
	json_member_int(json, "track", facts->track_no);
	json_member_int(json, "tracks", facts->track_total);
	json_member_int(json, "disc", facts->disc_no);
	json_member_int(json, "discs", facts->disc_total);
	json_member_text(json, "disc_title", facts->disc_title);
	json_member_int(json, "year", facts->year);
	json_member_int(json, "original_year", facts->original_year);
	json_member_bool(json, "compilation", facts->compilation);
	json_member_text(json, "comment", facts->comment);
	json_member_text(json, "isrc", facts->isrc);
	json_member_text(json, "mbid_recording", facts->mbid_recording);
	json_member_text(json, "mbid_release", facts->mbid_release);
	json_member_double(json, "tempo", facts->tagged_tempo_bpm);
	json_member_text(json, "key", facts->tagged_key);
	if (facts->track_gain.known) {
		json_member_double(json, "track_gain",
				   facts->track_gain.gain_db);
		json_member_double(json, "track_peak", facts->track_gain.peak);
	}
	if (facts->album_gain.known)
		json_member_double(json, "album_gain",
				   facts->album_gain.gain_db);
	json_member_text(json, "lyrics", facts->lyrics);
	json_member_bool(json, "lyrics_synced", facts->lyrics_synced);
	json_member_text(json, "picture", facts->picture_type);
	json_member_int(json, "picture_bytes",
			(int64_t)facts->picture_bytes);
	json_member_text(json, "repairs", facts->repairs);
}

static int
probe(struct media_pool *pool, const char *path, const char *picture_path)
{
	struct media_probe_args args = {
		.name_hint = path,
		.flags = picture_path != NULL ? MEDIA_WANT_PICTURE : 0,
	};
	struct media_facts *facts = mem_new(1, sizeof *facts);
	struct fault fault = { 0 };
	struct json_writer json;
	struct arena arena;
	struct buffer text;
	enum status status;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	arena_init(&arena);
	buffer_init(&text, 0);
	status = media_probe(pool, fd, &args, &arena, facts, &fault);
	if (status == STATUS_OK && picture_path == NULL) {
		json_writer_init(&json, &text);
		json_object_begin(&json);
		json_member_text(&json, "file", path);
		print_stream(&json, facts);
		print_tags(&json, facts);
		print_credits(&json, facts);
		json_object_end(&json);
		puts(text.bytes);
	} else if (status == STATUS_OK) {
		status = file_write(picture_path, facts->picture, 0644,
				    &fault);
	}
	if (status != STATUS_OK)
		complain(path, &fault);
	close(fd);
	buffer_release(&text);
	arena_release(&arena);
	free(facts);
	return status == STATUS_OK ? 0 : 1;
}

static void
print_analysis(struct json_writer *json, const struct media_analysis *heard)
{
	double rate = heard->sample_rate_hz;
	char digest[2 * SHA256_BYTES + 1];
	uint8_t sum[SHA256_BYTES];

	json_member_double(json, "seconds", (double)heard->samples / rate);
	json_member_double(json, "loudness_lufs", heard->loudness_lufs);
	json_member_double(json, "loudness_range_lu",
			   heard->loudness_range_lu);
	json_member_double(json, "true_peak_dbtp", heard->true_peak_dbtp);
	json_member_int(json, "start_silence",
			(int64_t)heard->start_silence_samples);
	json_member_int(json, "end_silence",
			(int64_t)heard->end_silence_samples);
	json_member_double(json, "tempo", heard->tempo_bpm);
	json_member_double(json, "other_tempo", heard->other_tempo_bpm);
	json_member_double(json, "tempo_confidence", heard->tempo_confidence);
	json_member_text(json, "key", heard->key);
	json_member_double(json, "key_confidence", heard->key_confidence);
	json_member_double(json, "danceability", heard->danceability);
	json_member_double(json, "energy", heard->energy);
	json_member_double(json, "valence", heard->valence);
	json_member_text(json, "genre", heard->genres[0].name);
	json_member_double(json, "genre_confidence",
			   heard->genres[0].probability);
	json_member_int(json, "fingerprint_words",
			(int64_t)heard->fingerprint.length / 4);
	sha256(heard->fingerprint.at, heard->fingerprint.length, sum);
	hex_print(sum, sizeof sum, digest);
	json_member_text(json, "fingerprint_sha256", digest);
}

static int
analyse(struct media_pool *pool, const char *path)
{
	struct media_analysis heard;
	struct fault fault = { 0 };
	struct json_writer json;
	struct arena arena;
	struct buffer text;
	int64_t start = clock_monotonic_us();
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum status status;

	arena_init(&arena);
	buffer_init(&text, 0);
	status = media_analyse(pool, fd, NULL, NULL, &arena, &heard, &fault);
	if (status == STATUS_OK) {
		json_writer_init(&json, &text);
		json_object_begin(&json);
		json_member_text(&json, "file", path);
		print_analysis(&json, &heard);
		json_member_double(&json, "took_ms",
				   (double)(clock_monotonic_us() - start) /
					   1000);
		json_object_end(&json);
		puts(text.bytes);
	} else {
		complain(path, &fault);
	}
	close(fd);
	buffer_release(&text);
	arena_release(&arena);
	return status == STATUS_OK ? 0 : 1;
}

static int
thumbnail(struct media_pool *pool, char **argv)
{
	struct media_thumbnail out;
	struct fault fault = { 0 };
	struct buffer bytes;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	buffer_init(&bytes, 0);
	status = file_read(argv[0], MEDIA_PICTURE_BYTES_MAX, &bytes, &fault);
	if (status == STATUS_OK)
		status = media_thumbnail(
			pool, (struct span){ bytes.bytes, bytes.length },
			(uint32_t)strtoul(argv[1], NULL, 10),
			argv[2][0] == 'w' ? MEDIA_WEBP : MEDIA_JPEG, &arena,
			&out, &fault);
	if (status == STATUS_OK)
		status = file_write(argv[3], out.bytes, 0644, &fault);
	if (status == STATUS_OK)
		printf("%ux%u %s %zu bytes\n", out.width, out.height,
		       out.colour, out.bytes.length);
	else
		complain(argv[0], &fault);
	buffer_release(&bytes);
	arena_release(&arena);
	return status == STATUS_OK ? 0 : 1;
}

static bool
format_named(const char *name, struct media_target *target)
{
	static const struct {
		const char *name;
		enum media_target_format format;
		bool variable;
	} names[] = {
		{ "mp3", MEDIA_MP3, false },	  { "v", MEDIA_MP3, true },
		{ "adts", MEDIA_AAC_ADTS, false }, { "aac", MEDIA_AAC_MP4, false },
		{ "opus", MEDIA_OPUS, false },	  { "flac", MEDIA_FLAC, false },
		{ "wav", MEDIA_WAV_S16, false },  { "wavf", MEDIA_WAV_F32, false },
		{ "raw", MEDIA_PCM_S16, false },  { "rawf", MEDIA_PCM_F32, false },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		if (strcmp(name, names[i].name) == 0) {
			target->format = names[i].format;
			target->variable = names[i].variable;
			return true;
		}
	}
	return false;
}

static int
transcode(struct media_pool *pool, int argc, char **argv)
{
	struct media_target target = { 0 };
	struct media_transcode *transcode = NULL;
	struct media_progress progress = { 0 };
	struct fault fault = { 0 };
	int64_t start = clock_monotonic_us(), first = 0, offset = 0;
	int in = open(argv[0], O_RDONLY | O_CLOEXEC);
	int out = strcmp(argv[2], "-") == 0 ?
			  dup(1) :
			  open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			       0644);
	enum status status;

	if (!format_named(argv[1], &target))
		return 2;
	if (argc > 3)
		target.bitrate_kbps = (uint32_t)strtoul(argv[3], NULL, 10);
	if (argc > 4)
		offset = strtol(argv[4], NULL, 10);
	status = media_transcode_begin(pool, in, &target, offset, out,
				       &transcode, &fault);
	close(in);
	close(out);
	while (status == STATUS_OK && !progress.done) {
		do
			status = media_transcode_wait(transcode, 1000,
						      &progress, &fault);
		while (status == STATUS_AGAIN_LATER);
		first = first > 0 ? first : clock_monotonic_us() - start;
	}
	fprintf(stderr, "%llu bytes, %llu samples at %u Hz, first after %.1f ms"
		", all %.1f ms\n", (unsigned long long)progress.written_bytes,
		(unsigned long long)progress.samples, progress.sample_rate_hz,
		(double)first / 1000,
		(double)(clock_monotonic_us() - start) / 1000);
	media_transcode_end(transcode);
	return status == STATUS_OK ? 0 : complain(argv[0], &fault);
}

int
main(int argc, char **argv)
{
	const char *program = getenv("MEDIA_PROGRAM");
	struct media_settings settings = { .program = program };
	struct media_pool *pool;
	struct fault fault = { 0 };
	int failed = 2;

	if (media_pool_open(&settings, &pool, &fault) != STATUS_OK)
		return complain("media_show", &fault);
	if (argc > 2 && strcmp(argv[1], "probe") == 0) {
		failed = 0;
		for (int i = 2; i < argc; i++)
			failed |= probe(pool, argv[i], NULL);
	} else if (argc > 2 && strcmp(argv[1], "analyse") == 0) {
		failed = 0;
		for (int i = 2; i < argc; i++)
			failed |= analyse(pool, argv[i]);
	} else if (argc == 4 && strcmp(argv[1], "picture") == 0) {
		failed = probe(pool, argv[2], argv[3]);
	} else if (argc == 6 && strcmp(argv[1], "thumbnail") == 0) {
		failed = thumbnail(pool, argv + 2);
	} else if (argc >= 5 && strcmp(argv[1], "transcode") == 0) {
		failed = transcode(pool, argc - 2, argv + 2);
	} else {
		fputs("usage: media_show probe|analyse|picture|thumbnail|transcode "
		      "...\n", stderr);
	}
	media_pool_close(pool);
	return failed;
}
