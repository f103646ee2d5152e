/* genres.h - what Ogma remembers of each genre, for reading.
 *
 * Only genres with a visible track are here. Two names that fold alike are one
 * genre.
 *
 * Floor: 3 (library). Threads: as the session. All results are arena-owned.
 */
#ifndef OGMA_LIBRARY_GENRES_H
#define OGMA_LIBRARY_GENRES_H

#include <stdint.h>

#include "driver/store.h"
#include "library/page.h"

struct genre_ref {
	int64_t id;
	const char *name;
};

struct genre {
	int64_t id;
	const char *name;
	int64_t track_count, album_count, artist_count, duration_ms;
	int64_t cover_id; /* 0: none */
	char cover_version[9];
};

enum genre_sort { GENRES_BY_NAME, GENRES_BY_TRACKS_DESC };
bool genre_sort_parse(const char *name, enum genre_sort *out);

struct genre_list {
	struct genre *items;
	size_t count;
	struct page_info page;
};

/* `text`: part of the name, case and accents or not; NULL: all. */
enum status genres_list(struct store_session *session, enum genre_sort sort,
			const char *text,
			const struct page_request *page, struct arena *arena,
			struct genre_list *out, struct fault *fault);
enum status genres_get(struct store_session *session, int64_t id,
		       struct arena *arena, struct genre *out,
		       struct fault *fault);

/* One without a visible track too. */
enum status genres_get_any(struct store_session *session, int64_t id,
			   struct arena *arena, struct genre *out,
			   struct fault *fault);

/* By folded name. STATUS_NOT_FOUND. */
enum status genres_find(struct store_session *session, const char *name,
			struct arena *arena, struct genre *out,
			struct fault *fault);

/* Artist ids with most tracks in the genre, at most `limit` (≤ 100). */
enum status genres_top_artists(struct store_session *session, int64_t id,
			       uint32_t limit, struct arena *arena,
			       int64_t **ids, size_t *count,
			       struct fault *fault);

#endif /* OGMA_LIBRARY_GENRES_H */
