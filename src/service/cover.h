/* cover.h - pictures of tracks, albums, artists and genres in the sizes people
 * look at.
 *
 * Originals are blobs, stored once by their content. An album's cover is the
 * folder picture where there is one, else the front picture most of its tracks
 * carry; a track shows its own picture when that differs from its album's. An
 * artist or genre shows the cover of its most played album.
 *
 * Thumbnails are made when somebody first asks, in the media pool, and kept
 * as files under the cache folder up to a bound; the least recently asked for
 * leave first. They are derived: the folder may be deleted at any time. What has
 * no cover has one drawn of its name.
 *
 * Threads: every call may block: from workers.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_COVER_H
#define OGMA_SERVICE_COVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/option.h"
#include "base/text.h"

struct arena;
struct blob_store;
struct covers;
struct media_pool;
struct store;
struct store_session;

struct cover_settings {
	uint64_t cache_limit_bytes; /* COVER_CACHE_BYTES */
};
extern const struct option cover_options[];

struct cover_args {
	struct store *store;       /* all borrowed */
	struct blob_store *blobs;
	struct media_pool *media;
	const char *cache_dir;     /* thumbs/ is made in it */
	const struct cover_settings *settings;
};

enum status covers_open(const struct cover_args *args, struct covers **out,
			struct fault *fault);
void covers_close(struct covers *covers); /* NULL is fine */

enum cover_of { COVER_OF_TRACK, COVER_OF_ALBUM, COVER_OF_ARTIST,
		COVER_OF_GENRE, COVER_BY_ITS_ID };

#define COVER_ETAG_BYTES 80

/* For http_answer_file(); the caller takes the descriptor. */
struct cover_file {
	int fd;
	uint64_t size_bytes;
	const char *content_type; /* lives as long as the program */
	char etag[COVER_ETAG_BYTES]; /* strong, without quotes */
	int64_t modified_ms;
};

/* size_px: 64, 300 or 1200 (longest side, never enlarged), 0 for the original;
 * others are STATUS_INVALID with field "size". `webp`: the asker takes
 * image/webp. STATUS_NOT_FOUND: no such thing, or it has no cover.
 * STATUS_CORRUPT: the picture cannot be decoded. STATUS_AGAIN_LATER: every
 * media worker is busy. */
enum status cover_open(struct covers *covers, enum cover_of of, int64_t id,
		       uint32_t size_px, bool webp, struct cover_file *out,
		       struct fault *fault);

/* The name that a cover of it is drawn of; a track's is that of its album, so
 * that they look alike. In a store_read(). STATUS_NOT_FOUND: no such thing. */
enum status cover_name(struct store_session *session, enum cover_of of,
		       int64_t id, struct arena *arena, const char **name,
		       struct fault *fault);

/* For what has no cover: one drawn of a name (cover_art.h), kept like a
 * thumbnail; 1200 pixels when size_px is 0. Statuses as of cover_open(). */
enum status cover_draw(struct covers *covers, const char *name,
		       uint32_t size_px, bool webp, struct cover_file *out,
		       struct fault *fault);

/* Takes a picture that somebody sent: it is decoded and kept as a new JPEG of
 * at most 1200 pixels, without the facts that came along (cameras note where
 * they were), as a cover whose id is for a row to keep. STATUS_INVALID with
 * field "cover": no picture, or over COVER_SENT_MAX bytes. */
#define COVER_SENT_MAX (10u << 20)
enum status cover_take(struct covers *covers, struct span bytes,
		       int64_t *cover_id, struct fault *fault);

#endif /* OGMA_SERVICE_COVER_H */
