/* stream.h - the bytes of a track: as they lie in the source, or transcoded.
 *
 * A transcode into what the file is already (same codec, and no lower bitrate
 * asked for) is the file itself.
 *
 * stream_open() answers with one of two things. A file: the original, or a
 * transcode that is finished and lies in the cache; hand it to
 * http_answer_file(), which knows ranges. Or a reader: a transcode that is
 * being made now; wrap it into a struct http_source. Readers of the same
 * track, format and bitrate share one running transcode.
 *
 * The transcode cache (service/transcode_cache.h) is bounded in bytes and
 * survives restarts. A transcode from the middle (offset_ms) is not kept.
 *
 * Threads: stream_open() may block: from a worker. stream_read() and
 * stream_reader_close() do not block and may run on an event loop; one reader
 * belongs to one thread at a time.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_STREAM_H
#define OGMA_SERVICE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"
#include "base/option.h"

struct media_pool;
struct s3_access;
struct store;
struct streams;
struct stream_reader;

struct stream_settings {
	uint32_t transcode_workers;    /* TRANSCODE_WORKERS; 0: one per core */
	uint64_t transcode_cache_bytes; /* TRANSCODE_CACHE_BYTES */
};
extern const struct option stream_options[];

struct stream_args {
	struct store *store;     /* all borrowed */
	struct media_pool *media;
	const char *cache_dir;   /* transcode/ is made in it */
	const struct s3_access *s3; /* as places_new() */
	const struct stream_settings *settings;
};

enum status streams_open(const struct stream_args *args, struct streams **out,
			 struct fault *fault);

/* Ends running transcodes; their readers fail. All readers must be closed
 * before. NULL is fine. */
void streams_close(struct streams *streams);

enum stream_format {
	STREAM_ORIGINAL,
	STREAM_MP3,
	STREAM_AAC,  /* ADTS */
	STREAM_OPUS, /* in Ogg */
	STREAM_FLAC,
	STREAM_WAV,
};

/* "mp3", "aac", "opus", "flac", "wav", "raw" (the original); false otherwise. */
bool stream_format_parse(const char *name, enum stream_format *out);

struct stream_request {
	int64_t track_id;
	enum stream_format format;
	uint32_t bitrate_kbps; /* 0: the format's usual one; ignored for flac */
	int64_t offset_ms;     /* start here; 0 for originals (else INVALID) */
	bool want_name;        /* file_name too; costs two more queries */
};

#define STREAM_ETAG_BYTES 80
#define STREAM_NAME_BYTES 256

struct stream_answer {
	const char *content_type; /* lives as long as the program */
	char file_name[STREAM_NAME_BYTES]; /* "Artist - Title.mp3", UTF-8, for
					    * downloads; "" unless wanted */

	/* a file (base/ranged.h), when reader is NULL; the caller takes fd */
	int fd;
	uint64_t size_bytes;
	char etag[STREAM_ETAG_BYTES]; /* strong, without quotes */
	int64_t modified_ms;

	/* or a transcode that grows; the caller ends it with
	 * stream_reader_close() */
	struct stream_reader *reader;
};

/* STATUS_NOT_FOUND: no such track. STATUS_UNAVAILABLE with field "source": the
 * file is not there now (moved a moment ago, disk not mounted, bucket not to be
 * reached). STATUS_INVALID
 * with field "bitrate" or "offset_ms". STATUS_AGAIN_LATER: all transcode
 * workers are busy (answer 503 with Retry-After). STATUS_FULL: no room on the
 * disk (507). */
enum status stream_open(struct streams *streams,
			const struct stream_request *request,
			struct stream_answer *out, struct fault *fault);

#define STREAM_WAIT ((ssize_t)-1)   /* nothing now; `wake` will be called */
#define STREAM_FAILED ((ssize_t)-2) /* the transcode failed: cut the client */

/* Copies the next bytes and returns how many, 0 at the end, or one of the
 * above. */
ssize_t stream_read(struct stream_reader *reader, void *room,
		    size_t room_bytes);

/* Sets what is called, from a media thread, once after stream_read() said
 * STREAM_WAIT and there is more. Set it before the first read. It must not
 * call back into this header. Never called after stream_reader_close(). */
typedef void stream_wake(void *cookie);
void stream_reader_on_ready(struct stream_reader *reader, stream_wake *wake,
			    void *cookie);

void stream_reader_close(struct stream_reader *reader);

/* Now, for metrics and /api/stats. */
struct stream_counts {
	uint32_t transcodes_running;
	uint32_t transcode_readers;
	uint64_t cache_bytes;
	uint64_t cache_entries;
};
void streams_count(struct streams *streams, struct stream_counts *out);

#endif /* OGMA_SERVICE_STREAM_H */
