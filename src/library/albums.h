/* albums.h - what Ogma remembers of each album, for reading.
 *
 * Only albums with a visible track are here; see library/catalogue.h for how
 * they come to be.
 *
 * Floor: 3 (library). Threads: as the session. All results are arena-owned.
 */
#ifndef OGMA_LIBRARY_ALBUMS_H
#define OGMA_LIBRARY_ALBUMS_H

#include "library/tracks.h"

struct album {
	int64_t id;
	const char *title;
	const char *artist; /* for display; "" when unknown, and "" for a
			     * compilation without a tagged album artist */
	int64_t artist_id;  /* 0: none */
	const struct credit *artists;
	size_t artist_count;
	int32_t year;       /* 0: unknown */
	const struct genre_ref *genres; /* most tracks first */
	size_t genre_count;
	int64_t track_count;
	int32_t disc_count;
	int64_t duration_ms;
	struct cover_ref cover;
	bool is_compilation;
	int64_t popularity;
	int64_t created_at_ms, updated_at_ms;
};

enum album_sort {
	ALBUMS_BY_TITLE,
	ALBUMS_BY_YEAR_DESC,
	ALBUMS_BY_YEAR,
	ALBUMS_BY_CREATED_DESC,
	ALBUMS_BY_POPULARITY_DESC,
	ALBUMS_BY_ARTIST, /* then year */
};
#define ALBUM_SORTS 6

bool album_sort_parse(const char *name, enum album_sort *out);

/* All that is not 0 or NULL must hold together. */
struct album_filter {
	const char *genre; /* by name, folded */
	int64_t genre_id;
	int64_t artist_id;
	bool role_given;       /* with artist_id: only in this role; */
	enum credit_role role; /* CREDIT_MAIN: as album artist, others: on its
				* tracks. Not given: as album artist */
	bool any_role;         /* with artist_id: on the cover or any track */
	int32_t year;
};

struct album_list {
	struct album *items;
	size_t count;
	struct page_info page;
};

enum status albums_list(struct store_session *session,
			const struct album_filter *filter,
			enum album_sort sort, const struct page_request *page,
			struct arena *arena, struct album_list *out,
			struct fault *fault);
enum status albums_get(struct store_session *session, int64_t id,
		       struct arena *arena, struct album *out,
		       struct fault *fault);

/* Those without a visible track too. */
enum status albums_get_any(struct store_session *session, int64_t id,
			   struct arena *arena, struct album *out,
			   struct fault *fault);

/* As tracks_get_many(). */
enum status albums_get_many(struct store_session *session, const int64_t *ids,
			    size_t count, struct arena *arena,
			    struct album **out, size_t *out_count,
			    struct fault *fault);

/* In order of disc and number. STATUS_NOT_FOUND: no such album. */
enum status albums_tracks(struct store_session *session, int64_t id,
			  const struct page_request *page,
			  struct arena *arena, struct track_list *out,
			  struct fault *fault);

#endif /* OGMA_LIBRARY_ALBUMS_H */
