/* taste.h - what people like: favourites and ratings of 1 to 5.
 *
 * A thing that is hidden (its track has left the library) keeps both and shows
 * them again when it comes back; lists leave it out meanwhile.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_TASTE_H
#define OGMA_LIBRARY_TASTE_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"
#include "library/page.h"

enum taste_kind { /* kept in the store */
		  TASTE_TRACK = 1,
		  TASTE_ALBUM,
		  TASTE_ARTIST,
		  TASTE_PLAYLIST,
};

#define FAVORITES_OF_ONE_MAX 100000

/* "track", "album", "artist", "playlist". */
const char *taste_kind_name(enum taste_kind kind);
bool taste_kind_parse(const char *name, enum taste_kind *out);

/* What one person said of one thing. */
struct taste {
	int64_t favorited_at_ms; /* 0: no favourite */
	int32_t rating;		 /* 1..5; 0: none */
};

enum status taste_get(struct store_session *session, int64_t user_id,
		      enum taste_kind kind, int64_t id, struct taste *out,
		      struct fault *fault);

/* The same for many things of a kind, in the order of the ids. */
enum status taste_get_many(struct store_session *session, int64_t user_id,
			   enum taste_kind kind, const int64_t *ids,
			   size_t count, struct arena *arena,
			   struct taste **out, struct fault *fault);

/* STATUS_NOT_FOUND when there is no such visible thing; whether the person may
 * see a playlist is the caller's to ask. STATUS_FULL at
 * FAVORITES_OF_ONE_MAX. Both may be repeated. */
enum status favorites_add(struct store_session *session, int64_t user_id,
			  enum taste_kind kind, int64_t id,
			  struct fault *fault);
enum status favorites_remove(struct store_session *session, int64_t user_id,
			     enum taste_kind kind, int64_t id,
			     struct fault *fault);

/* rating 1..5, else STATUS_INVALID with field "rating"; 0 takes it back. */
enum status ratings_set(struct store_session *session, int64_t user_id,
			enum taste_kind kind, int64_t id, int32_t rating,
			struct fault *fault);

/* One page of the visible favourites of a kind, the newest first. `ids` and
 * `times_ms` have room for PAGE_LIMIT_MAX. */
enum status favorites_list(struct store_session *session, int64_t user_id,
			   enum taste_kind kind,
			   const struct page_request *page, struct arena *arena,
			   int64_t *ids, int64_t *times_ms, size_t *count,
			   struct page_info *info, struct fault *fault);

/* All of a person's of a kind, the newest first, hidden ones too. */
enum status favorites_ids(struct store_session *session, int64_t user_id,
			  enum taste_kind kind, struct arena *arena,
			  int64_t **ids, size_t *count, struct fault *fault);

struct rated {
	int64_t id;
	int32_t rating;
};
enum status ratings_all(struct store_session *session, int64_t user_id,
			enum taste_kind kind, struct arena *arena,
			struct rated **out, size_t *count, struct fault *fault);

/* How many people have it among their favourites. */
enum status favorites_count(struct store_session *session, enum taste_kind kind,
			    int64_t id, int64_t *out, struct fault *fault);

/* Takes a thing that is removed for good out of everybody's. */
enum status taste_forget_thing(struct store_session *session,
			       enum taste_kind kind, int64_t id,
			       struct fault *fault);

#endif /* OGMA_LIBRARY_TASTE_H */
