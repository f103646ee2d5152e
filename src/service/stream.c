/* stream.c - the bytes of a track, as they lie or transcoded; see stream.h.
 *
 * An ETag is a digest of what the file looked like when it was opened (path,
 * size, time), and of the wish when it was transcoded: so it is the same on
 * every node that sees the same files, and changes when the file does. */
#include "service/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/ranged.h"
#include "driver/store.h"
#include "library/files.h"
#include "library/tracks.h"
#include "media/media.h"
#include "service/place.h"
#include "service/track_places.h"
#include "service/transcode_cache.h"

#define ETAG_DIGITS 32
#define BITRATE_MIN_KBPS 16
#define BITRATE_MAX_KBPS 512

const struct option stream_options[] = {
	{ .name = "TRANSCODE_WORKERS", .type = OPTION_U32, .preset = "0",
	  .summary = "Transcodes at the same time; 0: one for each processor.",
	  .max = 256,
	  .offset = offsetof(struct stream_settings, transcode_workers) },
	{ .name = "TRANSCODE_CACHE_BYTES", .type = OPTION_U64,
	  .preset = "5368709120", .unit = "bytes",
	  .summary = "Bound of the finished transcodes that are kept.",
	  .min = 16777216, .max = 1125899906842624.0,
	  .offset = offsetof(struct stream_settings, transcode_cache_bytes) },
	{ 0 },
};

struct streams {
	struct stream_args args;
	struct transcode_cache *cache;
	struct places *places;
	struct track_places *track_places;
};

/* What each format is in the words of the other floors. */
static const struct format_row {
	const char *name;
	enum media_target_format target;
	const char *codec; /* of a file that is this already; NULL: never */
	const char *container;
	const char *ending;
	uint32_t usual_kbps; /* 0: takes no bitrate */
	uint32_t min_kbps, max_kbps;
} format_rows[] = {
	[STREAM_ORIGINAL] = { .name = "raw" },
	[STREAM_MP3] = { "mp3", MEDIA_MP3, "mp3", "mp3", "mp3", 192, 32, 320 },
	[STREAM_AAC] = { "aac", MEDIA_AAC_ADTS, "aac", "aac", "aac", 160, 32,
			 320 },
	[STREAM_OPUS] = { "opus", MEDIA_OPUS, "opus", "ogg", "opus", 128, 16,
			  320 },
	[STREAM_FLAC] = { "flac", MEDIA_FLAC, "flac", "flac", "flac", 0, 0,
			  0 },
	[STREAM_WAV] = { "wav", MEDIA_WAV_S16, NULL, NULL, "wav", 0, 0, 0 },
};

/* ---- originals ------------------------------------------------------------ */

static const struct type_row {
	const char *container, *type;
} type_rows[] = {
	{ "mp3", "audio/mpeg" },     { "flac", "audio/flac" },
	{ "mp4", "audio/mp4" },	     { "ogg", "audio/ogg" },
	{ "wav", "audio/wav" },	     { "aiff", "audio/aiff" },
	{ "aac", "audio/aac" },	     { "asf", "audio/x-ms-wma" },
	{ "ape", "audio/x-ape" },    { "wavpack", "audio/x-wavpack" },
	{ "wv", "audio/x-wavpack" }, { "dsf", "audio/x-dsf" },
	{ "dff", "audio/x-dff" },    { "matroska", "audio/x-matroska" },
	{ "mpc", "audio/x-musepack" }, { "tta", "audio/x-tta" },
};

static const char *
type_of(const char *container)
{
	for (size_t i = 0; container != NULL && i < ARRAY_LENGTH(type_rows);
	     i++) {
		if (strcmp(container, type_rows[i].container) == 0)
			return type_rows[i].type;
	}
	return "application/octet-stream";
}

bool
stream_format_parse(const char *name, enum stream_format *out)
{
	for (size_t i = 0; i < ARRAY_LENGTH(format_rows); i++) {
		if (strcmp(name, format_rows[i].name) == 0) {
			*out = (enum stream_format)i;
			return true;
		}
	}
	return false;
}

/* ---- opening and closing -------------------------------------------------- */

enum status
streams_open(const struct stream_args *args, struct streams **out,
	     struct fault *fault)
{
	struct streams *streams = mem_new(1, sizeof *streams);
	struct transcode_cache_args cache = {
		.media = args->media,
		.limit_bytes = args->settings->transcode_cache_bytes,
		.running_max = args->settings->transcode_workers,
	};
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	enum status status;
	struct arena arena;

	streams->args = *args;
	if (cache.running_max == 0)
		cache.running_max =
			processors < 1 ? 1 : (uint32_t)processors;
	arena_init(&arena);
	cache.folder = arena_print(&arena, "%s/transcode", args->cache_dir);
	status = transcode_cache_open(&cache, &streams->cache, fault);
	arena_release(&arena);
	if (status == STATUS_OK) {
		streams->places = places_new(args->s3);
		streams->track_places = track_places_new(args->store);
		*out = streams;
	} else {
		free(streams);
	}
	return status;
}

void
streams_close(struct streams *streams)
{
	if (streams == NULL)
		return;
	transcode_cache_close(streams->cache);
	track_places_free(streams->track_places);
	places_free(streams->places);
	free(streams);
}

void
streams_count(struct streams *streams, struct stream_counts *out)
{
	transcode_cache_count(streams->cache, out);
}

/* ---- finding the file ----------------------------------------------------- */

struct track_question {
	int64_t track_id;
	struct arena *arena;
	struct track *out;
};

static enum status
track_ask(struct store_session *session, void *cookie, struct fault *fault)
{
	struct track_question *question = cookie;

	return tracks_get(session, question->track_id, question->arena,
			  question->out, fault);
}

static const char *
place_path(const struct file_place *place, struct arena *arena)
{
	return place->folder[0] == '\0' ?
		       place->name :
		       arena_print(arena, "%s/%s", place->folder, place->name);
}

static enum status
file_open(struct streams *streams, const struct file_place *file,
	  struct arena *arena, int *fd, struct ranged_file *facts,
	  struct fault *fault)
{
	const struct place place = { file->source_kind, file->source_root,
				     file->source_config };
	struct fault why = { 0 };
	enum status status = places_open_file(streams->places, &place,
					      place_path(file, arena), fd,
					      &why);

	/* The library knows the file, so it is away, not unknown. */
	if (status == STATUS_NOT_FOUND)
		return fault_field(fault, STATUS_UNAVAILABLE, "source",
				   "the file is not there now");
	if (status == STATUS_UNAVAILABLE || status == STATUS_DENIED ||
	    status == STATUS_TIMED_OUT) {
		log_warning("stream", "a file cannot be opened",
			    LOG_INT("source_id", file->source_id),
			    LOG_TEXT("reason", why.message));
		return fault_field(fault, STATUS_UNAVAILABLE, "source",
				   "the place of the file cannot be read now");
	}
	if (status != STATUS_OK) {
		if (fault != NULL)
			*fault = why;
		return status;
	}
	status = ranged_open(*fd, facts, fault);
	if (status != STATUS_OK)
		close(*fd);
	return status;
}

/* ---- names ---------------------------------------------------------------- */

/* What the file is now, as 64 hex digits. */
static void
identity_print(const struct file_place *place,
	       const struct ranged_file *facts, const char *wish,
	       char hex[2 * SHA256_BYTES + 1])
{
	uint8_t key[SHA256_BYTES];
	struct buffer text;

	buffer_init(&text, 0);
	buffer_print(&text, "%s\n%s\n%s\n%s\n%llu %lld.%09lld\n%s",
		     place->source_kind, place->source_root, place->folder,
		     place->name, (unsigned long long)facts->size_bytes,
		     (long long)(facts->modified_ns / 1000000000),
		     (long long)(facts->modified_ns % 1000000000), wish);
	if (facts->far)
		buffer_print(&text, "\n%llu", (unsigned long long)facts->mark);
	sha256(text.bytes, text.length, key);
	hex_print(key, sizeof key, hex);
	buffer_release(&text);
}

/* "Artist - Title.mp3" without what file systems and shells trip over. */
static void
file_name_print(const struct track *track, const char *ending,
		char out[STREAM_NAME_BYTES])
{
	char name[4 * STREAM_NAME_BYTES];
	size_t length;

	snprintf(name, sizeof name, "%.400s%s%.400s", track->artist,
		 track->artist[0] == '\0' ? "" : " - ", track->title);
	for (char *at = name; *at != '\0'; at++) {
		if ((unsigned char)*at < 0x20 || strchr("/\\:*?\"<>|", *at))
			*at = '_';
	}
	length = utf8_cut(name, strlen(name), STREAM_NAME_BYTES - 8);
	snprintf(out, STREAM_NAME_BYTES, "%.*s.%.6s", (int)length, name,
		 ending);
}

static const char *
name_ending(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot == NULL || dot[1] == '\0' ? "bin" : dot + 1;
}

/* ---- answering ------------------------------------------------------------ */

static void
etag_print(struct stream_answer *out, const char *identity)
{
	memcpy(out->etag, identity, ETAG_DIGITS);
	out->etag[ETAG_DIGITS] = '\0';
}

static enum status
original_answer(struct streams *streams, const struct track_place *place,
		struct arena *arena, struct stream_answer *out,
		struct fault *fault)
{
	char name[TRACK_PLACE_NAME_BYTES];
	enum status status;
	struct ranged_file facts;

	status = file_open(streams, &place->file, arena, &out->fd, &facts,
			   fault);
	if (status != STATUS_OK)
		return status;
	if (!track_places_name(streams->track_places, place, &facts, name)) {
		identity_print(&place->file, &facts, "", name);
		track_places_keep_name(streams->track_places, place, &facts,
				       name);
	}
	etag_print(out, name);
	out->content_type = type_of(place->file.container);
	out->size_bytes = facts.size_bytes;
	out->modified_ms = facts.modified_ns / 1000000;
	return STATUS_OK;
}

/* About how large the transcode will be, generously. */
static uint64_t
size_expected(const struct file_place *place, const struct format_row *format,
	      uint32_t kbps, int64_t offset_ms)
{
	uint64_t rate = kbps * (uint64_t)1000 / 8;
	int64_t left_ms = place->duration_ms - offset_ms;

	if (kbps == 0) {
		rate = (place->sample_rate_hz == 0 ? 48000 :
						     place->sample_rate_hz) *
		       (uint64_t)4;
		if (format->target == MEDIA_FLAC)
			rate = rate * 3 / 4;
	}
	if (left_ms <= 0)
		left_ms = 60000;
	return (uint64_t)left_ms * rate / 1000 + 65536;
}

static enum status
transcode_answer(struct streams *streams, const struct file_place *place,
		 const struct stream_request *request, uint32_t kbps,
		 struct arena *arena, struct stream_answer *out,
		 struct fault *fault)
{
	const struct format_row *format = &format_rows[request->format];
	struct transcode_order order = {
		.target = { .format = format->target, .bitrate_kbps = kbps },
		.offset_ms = request->offset_ms,
		.expected_bytes = size_expected(place, format, kbps,
						request->offset_ms),
	};
	char hex[2 * SHA256_BYTES + 1], wish[64], name[96];
	enum status status;
	struct ranged_file facts;

	status = file_open(streams, place, arena, &order.input_fd, &facts,
			   fault);
	if (status != STATUS_OK)
		return status;
	snprintf(wish, sizeof wish, "%s %u", format->name, kbps);
	identity_print(place, &facts, wish, hex);
	snprintf(name, sizeof name, "%s.%s", hex, format->ending);
	out->content_type = media_target_type(format->target);
	etag_print(out, hex);
	out->modified_ms = facts.modified_ns / 1000000000 * 1000;
	if (request->offset_ms == 0) {
		order.name = name;
		status = transcode_cache_get(streams->cache, name, &out->fd,
					     &out->size_bytes, fault);
	} else {
		status = STATUS_NOT_FOUND;
	}
	if (status == STATUS_NOT_FOUND)
		status = transcode_cache_start(streams->cache, &order,
					       &out->reader, fault);
	close(order.input_fd);
	return status;
}

/* The file is what was asked for, or better needs no work. */
static bool
transcode_needless(const struct file_place *place,
		   const struct stream_request *request)
{
	const struct format_row *format = &format_rows[request->format];

	if (request->format == STREAM_ORIGINAL)
		return true;
	if (request->offset_ms != 0 || format->codec == NULL ||
	    place->codec == NULL || strcmp(place->codec, format->codec) != 0 ||
	    place->container == NULL ||
	    strcmp(place->container, format->container) != 0)
		return false;
	return request->bitrate_kbps == 0 || format->usual_kbps == 0 ||
	       place->bitrate_bps <= request->bitrate_kbps * 1000 + 500;
}

static enum status
request_check(const struct stream_request *request, uint32_t *kbps,
	      struct fault *fault)
{
	const struct format_row *format = &format_rows[request->format];

	*kbps = format->usual_kbps;
	if (request->offset_ms < 0 ||
	    (request->format == STREAM_ORIGINAL && request->offset_ms != 0))
		return fault_field(fault, STATUS_INVALID, "offset_ms",
				   "offset_ms needs a format to transcode to "
				   "and cannot be negative");
	if (request->bitrate_kbps == 0 || request->format == STREAM_ORIGINAL)
		return STATUS_OK;
	if (request->bitrate_kbps < BITRATE_MIN_KBPS ||
	    request->bitrate_kbps > BITRATE_MAX_KBPS)
		return fault_field(fault, STATUS_INVALID, "bitrate",
				   "bitrate must be %d to %d kbit/s",
				   BITRATE_MIN_KBPS, BITRATE_MAX_KBPS);
	if (format->usual_kbps == 0)
		return STATUS_OK;
	*kbps = request->bitrate_kbps < format->min_kbps ? format->min_kbps :
		request->bitrate_kbps > format->max_kbps ?
							   format->max_kbps :
							   request->bitrate_kbps;
	return STATUS_OK;
}

enum status
stream_open(struct streams *streams, const struct stream_request *request,
	    struct stream_answer *out, struct fault *fault)
{
	struct stream_answer answer = { .fd = -1 };
	struct track_place place;
	struct track track;
	struct arena arena;
	struct track_question question = { request->track_id, &arena, &track };
	enum status status;
	bool original;
	uint32_t kbps;

	status = request_check(request, &kbps, fault);
	if (status != STATUS_OK)
		return status;
	arena_init(&arena);
	status = track_places_find(streams->track_places, request->track_id,
				   &arena, &place, fault);
	if (status == STATUS_OK && request->want_name)
		status = store_read(streams->args.store, track_ask, &question,
				    fault);
	if (status != STATUS_OK)
		goto out;
	original = transcode_needless(&place.file, request);
	if (!original && place.file.duration_ms > 0 &&
	    request->offset_ms >= place.file.duration_ms)
		status = fault_field(fault, STATUS_INVALID, "offset_ms",
				     "the track ends before offset_ms");
	else if (original)
		status = original_answer(streams, &place, &arena, &answer,
					 fault);
	else
		status = transcode_answer(streams, &place.file, request, kbps,
					  &arena, &answer, fault);
	if (status != STATUS_OK)
		goto out;
	if (request->want_name)
		file_name_print(&track,
				original ? name_ending(place.file.name) :
					   format_rows[request->format].ending,
				answer.file_name);
	*out = answer;
out:
	arena_release(&arena);
	return status;
}
