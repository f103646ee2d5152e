/* forms.h - the JSON forms of the library's things; their shapes are in
 * schemas.c.
 *
 * Each form_*() writes one object. With `open` true the object is left open
 * for more members (highlights), and the caller ends it.
 *
 * Floor: 5 (api). Threads: no shared state.
 */
#ifndef OGMA_API_FORMS_H
#define OGMA_API_FORMS_H

#include "api/call.h"
#include "library/albums.h"
#include "library/artists.h"
#include "library/genres.h"
#include "library/summary.h"
#include "library/tracks.h"
#include "service/cover.h"

/* A member that is null when it is not known. */
void double_or_null(struct json_writer *json, const char *name,
		    struct optional_double value);

void form_track(struct json_writer *json, const struct track *track,
		bool open);
void form_album(struct json_writer *json, const struct album *album,
		bool open);
void form_artist(struct json_writer *json, const struct artist *artist,
		 bool open);
void form_genre(struct json_writer *json, const struct genre *genre,
		bool open);

/* "…/cover?v=…", or NULL when there is no cover. Arena-owned. */
const char *form_cover_url(struct arena *arena, const char *area, int64_t id,
			   const struct cover_ref *cover);

/* {"items":[…],"total":N,"next_cursor":…}: the items are written between the
 * two; page_end() answers. */
struct page_answer {
	struct json_writer json;
	struct buffer body;
};
void page_begin(struct page_answer *answer);
void page_end(struct page_answer *answer, struct call *call,
	      const struct page_info *page);
/* When these are all there are. */
void page_end_whole(struct page_answer *answer, struct call *call,
		    size_t count);
/* The same in two steps, for an answer with members of its own between them. */
void page_items_end(struct page_answer *answer, const struct page_info *page);
void page_send(struct page_answer *answer, struct call *call);

/* Whole answers. */
void answer_tracks(struct call *call, const struct track *items, size_t count,
		   const struct page_info *page);
void answer_albums(struct call *call, const struct album *items, size_t count,
		   const struct page_info *page);
void answer_artists(struct call *call, const struct artist *items,
		    size_t count, const struct page_info *page);

/* Answers with a picture; where there is none (or id is 0) with one drawn of
 * the name (NULL: the thing's own), or 404, as the call asks. `shared`:
 * everybody sees the same one, and caches between may keep it. */
void answer_cover(struct call *call, enum cover_of of, int64_t id,
		  const char *name, bool shared);

/* The page the caller asked for, from the parameters every list takes. */
struct page_request call_page(const struct call *call);

/* The same of a list in order of time, whose route has AGE_SORT_PARAM. */
struct page_request call_page_by_age(const struct call *call);

/* For lists of one artist's things, in their work: STATUS_NOT_FOUND when there
 * is no such artist. Id 0 is nobody's list, and fine. */
enum status artist_expect(struct store_session *session, int64_t id,
			  struct arena *arena, struct fault *fault);

#endif /* OGMA_API_FORMS_H */
