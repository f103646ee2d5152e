/* loader_private.h - the things of some ids, with the artists and genres that
 * belong to them: the second half of every list (see page_private.h).
 *
 * What differs between tracks, albums and artists is a row of data and the
 * function that reads a row of the store.
 *
 * Floor: 3 (library); private.
 */
#ifndef OGMA_LIBRARY_LOADER_PRIVATE_H
#define OGMA_LIBRARY_LOADER_PRIVATE_H

#include <stddef.h>

#include "driver/store.h"

/* Where a thing keeps what is linked to it, as offsets. */
struct loader_places {
	size_t artists, artist_count; /* const struct credit *, size_t */
	size_t genres, genre_count;   /* const struct genre_ref *, size_t */
};

#define LOADER_PLACES(type)                                       \
	{                                                         \
		offsetof(type, artists), offsetof(type, artist_count), \
			offsetof(type, genres), offsetof(type, genre_count) \
	}

struct loader {
	const char *noun; /* "track" */
	size_t size;      /* of a thing; it begins with its int64_t id, not 0 */
	const char *select; /* all up to the list of ids: "… t.id in " */
	void (*read)(struct store_rows *rows, struct arena *arena, void *thing);

	/* Columns: the thing's id, the artist's or genre's id, its name, its
	 * role; ordered by thing. All NULL: nothing is linked. */
	const char *artists, *artists_order;
	const char *genres, *genres_order;
	struct loader_places places;
};

/* In the order of `ids`, twice where an id is twice; ids of what is not there
 * or not visible are left out. *out is an array of things, the arena's. */
enum status loader_get_many(struct store_session *session,
			    const struct loader *loader, const int64_t *ids,
			    size_t count, struct arena *arena, void **out,
			    size_t *out_count, struct fault *fault);

/* STATUS_NOT_FOUND: no such thing. */
enum status loader_get(struct store_session *session,
		       const struct loader *loader, int64_t id,
		       struct arena *arena, void *out, struct fault *fault);

#endif /* OGMA_LIBRARY_LOADER_PRIVATE_H */
