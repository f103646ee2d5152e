/* duplicates.h - groups of tracks that sound the same, and what people decided
 * about them: one was kept in place of the others, or they are no duplicates.
 *
 * A look-up (library/fingerprints.h) notes pairs of tracks; those that hang
 * together are a group. A track is in one open group at most. A pair that
 * somebody dismissed puts nobody into a group again.
 *
 * Merging keeps one track. The others are hidden, whatever their files do, and
 * point to it (tracks.merged_into): who asks for one of them is answered with
 * the kept track (tracks_get()), so no id changes its meaning. Plays,
 * favourites, ratings, places in playlists, items in queues and jingles go over
 * to the kept track, where it has none already. What went over is noted, row by
 * row (duplicate_moves).
 *
 * The way back (the rule): every track is what it was, and each row that went
 * over goes back, wherever it stands now. What was changed since stays as it
 * was changed: an entry that was removed stays removed, one that was moved
 * stays where it is, a rating that was given anew and plays since then belong to
 * the kept track.
 *
 * Floor: 3 (library). Threads: as the session or catalogue.
 */
#ifndef OGMA_LIBRARY_DUPLICATES_H
#define OGMA_LIBRARY_DUPLICATES_H

#include <stdbool.h>
#include <stdint.h>

#include "library/catalogue.h"
#include "library/page.h"
#include "library/tracks.h"

enum duplicates_state { /* kept in the store */
	DUPLICATES_OPEN,
	DUPLICATES_MERGED,
	DUPLICATES_DISMISSED,
};
/* "open", "merged", "dismissed". */
const char *duplicates_state_name(enum duplicates_state state);
bool duplicates_state_parse(const char *name, enum duplicates_state *out);

#define DUPLICATE_TRACKS_MAX 50 /* of one group; more are left out */

/* ---- finding -------------------------------------------------------------- */

/* Looks up one track that was heard, notes what it found and enters it for
 * later ones. *pairs: how many others sound the same that were not known to.
 * A track that is not visible is passed over. */
enum status duplicates_look_up(struct store_session *session, int64_t track_id,
			       int64_t now_ms, size_t *pairs,
			       struct fault *fault);

/* ---- reading -------------------------------------------------------------- */

/* Why the best one is the best: what tells it from the next. */
enum duplicate_reason {
	BEST_LOSSLESS,
	BEST_RESOLUTION, /* lossless with more bits or samples */
	BEST_BITRATE,
	BEST_TAGS,   /* more of them are filled in */
	BEST_LONGER, /* by a second or more */
	BEST_PLAYS,
	BEST_OLDER, /* nothing tells them apart: it was there first */
};
/* "lossless", "resolution", … */
const char *duplicate_reason_name(enum duplicate_reason reason);

struct duplicate_track {
	struct track track; /* as it is stored, hidden or not */
	const char *path;   /* as people read it */
	bool visible;
	bool same_audio; /* as another one of the group, byte for byte */
	double score;    /* to the one it is most like: 0..1 */
};

struct duplicate_group {
	int64_t id;
	enum duplicates_state state;
	double confidence; /* the lowest score in it */
	bool same_audio;   /* all of them */
	bool sure;	   /* nothing speaks against merging it unseen */
	int64_t best_id;
	enum duplicate_reason best_reason;
	int64_t kept_id; /* of a merged one; else 0 */
	int64_t found_at_ms, decided_at_ms, decided_by; /* 0: not, nobody */
	struct duplicate_track *tracks;			 /* the best first */
	size_t count;
};

/* STATUS_NOT_FOUND. */
enum status duplicates_get(struct store_session *session, int64_t id,
			   struct arena *arena, struct duplicate_group *out,
			   struct fault *fault);

struct duplicate_list {
	struct duplicate_group *items;
	size_t count;
	struct page_info page;
};

/* One page, the newest first. STATUS_INVALID as of pages. */
enum status duplicates_list(struct store_session *session,
			    enum duplicates_state state, bool sure_only,
			    const struct page_request *page,
			    struct arena *arena, struct duplicate_list *out,
			    struct fault *fault);

struct merged_track {
	int64_t id, kept_id; /* which answers for it: merged into none */
};

/* Another number after each merge and each one taken back. */
enum status duplicates_merges_count(struct store_session *session,
				    int64_t *out, struct fault *fault);

/* All that are merged, by id. */
enum status duplicates_merged(struct store_session *session,
			      struct arena *arena, struct merged_track **out,
			      size_t *count, struct fault *fault);

/* The one of that id among them; NULL: it is not merged. */
const struct merged_track *merged_find(const struct merged_track *merged,
				       size_t count, int64_t id);

/* ---- deciding ------------------------------------------------------------- */

struct duplicate_decision {
	int64_t group_id;
	int64_t track_id; /* the one to keep; the one that is none, or 0: all */
	int64_t by;	  /* user; 0: the operator */
};

/* Inside a catalogue_work. STATUS_NOT_FOUND; STATUS_CONFLICT with field "state":
 * it is not open, or nothing is left to merge; STATUS_INVALID with field "keep":
 * no visible track of the group. */
enum status duplicates_merge(struct catalogue *catalogue,
			     const struct duplicate_decision *decision,
			     struct fault *fault);

/* These are not the same, or this one is none of them: never grouped again by
 * itself. STATUS_INVALID with field "track_id". */
enum status duplicates_dismiss(struct store_session *session,
			       const struct duplicate_decision *decision,
			       int64_t now_ms, struct fault *fault);

/* Takes a merge or a dismissal back: the group is open again. Inside a
 * catalogue_work. STATUS_CONFLICT with field "state": it is open, or the kept
 * track was itself merged into another since (that merge goes first), or a
 * track of it is in another open group. */
enum status duplicates_undo(struct catalogue *catalogue, int64_t group_id,
			    struct fault *fault);

#endif /* OGMA_LIBRARY_DUPLICATES_H */
