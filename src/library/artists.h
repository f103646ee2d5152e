/* artists.h - what Ogma remembers of each artist, for reading.
 *
 * Only artists with a visible track (in any role) or album are here.
 *
 * Floor: 3 (library). Threads: as the session. All results are arena-owned.
 */
#ifndef OGMA_LIBRARY_ARTISTS_H
#define OGMA_LIBRARY_ARTISTS_H

#include "library/tracks.h"

struct artist {
	int64_t id;
	const char *name;
	const char *sort_name; /* "Beatles, The" */
	int64_t album_count;   /* as album artist */
	int64_t track_count;   /* in any role */
	int64_t duration_ms;
	struct cover_ref cover; /* of an album */
	int64_t popularity;
	int64_t created_at_ms, updated_at_ms;
};

enum artist_sort {
	ARTISTS_BY_NAME,
	ARTISTS_BY_POPULARITY_DESC,
	ARTISTS_BY_CREATED_DESC,
};
#define ARTIST_SORTS 3

bool artist_sort_parse(const char *name, enum artist_sort *out);

struct artist_filter {
	const char *letter; /* one letter, any case; "#": none of an alphabet */
};

struct artist_list {
	struct artist *items;
	size_t count;
	struct page_info page;
};

enum status artists_list(struct store_session *session,
			 const struct artist_filter *filter,
			 enum artist_sort sort,
			 const struct page_request *page, struct arena *arena,
			 struct artist_list *out, struct fault *fault);
enum status artists_get(struct store_session *session, int64_t id,
			struct arena *arena, struct artist *out,
			struct fault *fault);

/* Those without a visible track or album too. */
enum status artists_get_any(struct store_session *session, const int64_t *ids,
			    size_t count, struct arena *arena,
			    struct artist **out, size_t *out_count,
			    struct fault *fault);

/* As tracks_get_many(). */
enum status artists_get_many(struct store_session *session,
			     const int64_t *ids, size_t count,
			     struct arena *arena, struct artist **out,
			     size_t *out_count, struct fault *fault);

/* First letters that artists have, in order, with counts. */
struct letter_count {
	const char *letter;
	int64_t count;
};
enum status artists_letters(struct store_session *session,
			    struct arena *arena, struct letter_count **out,
			    size_t *count, struct fault *fault);

#endif /* OGMA_LIBRARY_ARTISTS_H */
