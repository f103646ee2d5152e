/* covers.h - the pictures that tracks, albums, artists and genres show. Their
 * bytes are blobs (driver/blob.h); here is what is known of them.
 *
 * Floor: 3 (library). Threads: as the session.
 */
#ifndef OGMA_LIBRARY_COVERS_H
#define OGMA_LIBRARY_COVERS_H

#include <stdint.h>

#include "driver/blob.h"
#include "driver/store.h"

struct cover {
	int64_t id; /* ignored by covers_save() */
	struct blob_key key;
	const char *mime;       /* "image/jpeg", … */
	uint32_t width, height; /* 0: not known yet */
	uint64_t size_bytes;
	const char *colour;     /* "#a1b2c3"; NULL: not known yet */
};

/* Stores a picture, or finds it when its key is known; *id either way. In a
 * store_write() or catalogue_write(). */
enum status covers_save(struct store_session *session,
			const struct cover *cover, int64_t *id,
			struct fault *fault);

/* Sets width, height and colour of a known cover, found out later. */
enum status covers_describe(struct store_session *session, int64_t id,
			    uint32_t width, uint32_t height,
			    const char *colour, struct fault *fault);

enum cover_owner {
	COVER_ITSELF, /* by the cover's own id */
	COVER_TRACK,  /* its own picture, else its album's */
	COVER_ALBUM,
	COVER_ARTIST,
	COVER_GENRE,
};

/* STATUS_NOT_FOUND: no such visible thing, or it has no cover. Texts are
 * arena-owned. */
enum status covers_of(struct store_session *session, enum cover_owner owner,
		      int64_t id, struct arena *arena, struct cover *out,
		      struct fault *fault);

#endif /* OGMA_LIBRARY_COVERS_H */
