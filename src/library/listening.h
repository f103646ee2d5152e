/* listening.h - what plays change in the library, and what is remembered of
 * them: play counts, popularity, what each person heard, and which tracks the
 * same people hear.
 *
 * Popularity is a sum over all plays in which a play is worth twice as much as
 * one a year before. Since older plays never need to be made lighter, it is
 * only ever added to: to the track, its album and its artists.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_LISTENING_H
#define OGMA_LIBRARY_LISTENING_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"

#define HEARD_ARTISTS_MAX 3

/* What an event about a track has to know of it. */
struct heard_track {
	int64_t id; /* 0: there is no such visible track; of a merged one the
		     * kept one's */
	int64_t duration_ms;
	int64_t artists[HEARD_ARTISTS_MAX]; /* main and featured; 0 ends them */
	int64_t album_id, genre_id;	    /* 0: none */
};

/* In the order of the ids. */
enum status heard_tracks_get(struct store_session *session, const int64_t *ids,
			     size_t count, struct heard_track *out,
			     struct fault *fault);

struct counted_play {
	int64_t seq; /* ascending */
	int64_t at_ms;
	int64_t user_id; /* 0: anonymous */
	int64_t track_id;
};

/* What a play at that time adds to popularity. */
int64_t play_weight(int64_t at_ms);

/* Counts plays of one log of events; those up to plays_counted() are passed
 * over, so that carrying them again is harmless. Writes outbox rows for what
 * changed its place in searches. Begin the store_write() with it. */
enum status plays_count(struct store_session *session, int64_t log_id,
			const struct counted_play *plays, size_t count,
			struct fault *fault);

/* The number of the last play counted of that log; 0: none yet. */
enum status plays_counted(struct store_session *session, int64_t log_id,
			  int64_t *seq, struct fault *fault);

/* The log is older than the library (it came out of a backup) and will use
 * numbers above `seq` again. */
enum status plays_rewind(struct store_session *session, int64_t log_id,
			 int64_t seq, struct fault *fault);

/* Takes a person's plays out of user_tracks. */
enum status heard_forget_user(struct store_session *session, int64_t user_id,
			      struct fault *fault);

struct user_track {
	int64_t user_id, track_id;
	int64_t plays, last_played_at_ms;
};

enum user_tracks_order { USER_TRACKS_TOP, USER_TRACKS_RECENT };

/* One person's tracks, at most `limit`. */
enum status user_tracks_get(struct store_session *session, int64_t user_id,
			    enum user_tracks_order order, uint32_t limit,
			    struct arena *arena, struct user_track **out,
			    size_t *count, struct fault *fault);

/* Heard at least `plays` times, but not since then; most plays first. */
enum status user_tracks_faded(struct store_session *session, int64_t user_id,
			      int64_t plays, int64_t before_ms, uint32_t limit,
			      struct arena *arena, struct user_track **out,
			      size_t *count, struct fault *fault);

/* Who hears a track most. */
enum status track_users_get(struct store_session *session, int64_t track_id,
			    uint32_t limit, struct arena *arena,
			    struct user_track **out, size_t *count,
			    struct fault *fault);

/* How many people heard it. */
enum status track_users_count(struct store_session *session, int64_t track_id,
			      int64_t *out, struct fault *fault);

#define NEIGHBOURS_MAX 30

struct neighbour {
	int64_t id;
	double score; /* 0..1 */
};

/* Best first; replaces what was there. */
enum status neighbours_set(struct store_session *session, int64_t track_id,
			   const struct neighbour *neighbours, size_t count,
			   int64_t now_ms, struct fault *fault);

/* `out` has room for NEIGHBOURS_MAX. *made_at_ms 0: never made. */
enum status neighbours_get(struct store_session *session, int64_t track_id,
			   struct neighbour *out, size_t *count,
			   int64_t *made_at_ms, struct fault *fault);

/* Ids of visible tracks of an artist (main or featured), or of a genre, the
 * most popular first; 0 and 0: of all. */
enum status popular_track_ids(struct store_session *session, int64_t artist_id,
			      int64_t genre_id, uint32_t limit,
			      struct arena *arena, int64_t **out, size_t *count,
			      struct fault *fault);

/* How many people joined, day by day (UTC), within a time; and how many there
 * are now. */
struct joined_day {
	int32_t day;
	int64_t count;
};
enum status users_joined(struct store_session *session, int64_t from_ms,
			 int64_t until_ms, struct arena *arena,
			 struct joined_day **out, size_t *count,
			 int64_t *users, struct fault *fault);

#endif /* OGMA_LIBRARY_LISTENING_H */
