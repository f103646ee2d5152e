/* things.h - what the routes of listening share: things loaded by their ids,
 * and who may see whose.
 *
 * Floor: 5 (api). Threads: no shared state.
 */
#ifndef OGMA_API_THINGS_H
#define OGMA_API_THINGS_H

#include "api/forms.h"
#include "service/report.h"

enum thing_kind { THING_TRACK, THING_ARTIST, THING_ALBUM, THING_GENRE };
#define THING_KINDS 4

/* Tracks, artists, … that an answer shows. Starts zeroed. */
struct things {
	int64_t *ids[THING_KINDS];
	size_t counts[THING_KINDS], room[THING_KINDS];
	struct track *tracks;
	int64_t *kept; /* for each track's id, whose it is: library/tracks.h */
	struct artist *artists;
	struct album *albums;
	struct genre *genres;
	size_t track_count, artist_count, album_count, genre_count;
};

void things_want(struct things *things, struct arena *arena,
		 enum thing_kind kind, int64_t id);

/* All in one read; false: answered already. */
bool things_load(struct things *things, struct call *call);

/* NULL: it is not there any more. */
const struct track *things_track(const struct things *things, int64_t id);
const struct artist *things_artist(const struct things *things, int64_t id);
const struct album *things_album(const struct things *things, int64_t id);
const struct genre *things_genre(const struct things *things, int64_t id);

void form_int_or_null(struct json_writer *json, const char *name,
		      int64_t value); /* 0: null */

/* Oneself, or somebody who is there and the row lets the caller touch. False:
 * answered already. */
bool user_may_be_seen(struct call *call, int64_t user_id);

#endif /* OGMA_API_THINGS_H */
