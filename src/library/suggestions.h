/* suggestions.h - what could be tidied up in the catalogue, and what became of
 * it: one row for each thing and rule (service/cleanup.h has the rules).
 *
 * A suggestion is open until somebody accepts or dismisses it, or until it does
 * not hold any more, when its row goes. What was dismissed, or accepted and
 * undone, stays, so that it is never suggested again.
 *
 * And the things as the rules look at them ("suspects"), in the order of their
 * last change, so that who looks again goes on where it ended.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_SUGGESTIONS_H
#define OGMA_LIBRARY_SUGGESTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"
#include "library/edits.h"
#include "library/page.h"

enum suggestion_state { /* kept in the store */
	SUGGESTION_OPEN,
	SUGGESTION_ACCEPTED,
	SUGGESTION_DISMISSED,
	SUGGESTION_UNDONE, /* accepted, and taken back */
};
#define SUGGESTION_STATES 4
#define SUGGESTION_STATE_NAMES "open|accepted|dismissed|undone"
const char *suggestion_state_name(enum suggestion_state state);

struct suggestion {
	int64_t id;
	enum edit_kind kind;
	int64_t thing_id;
	const char *rule, *field, *was;
	const char *becomes; /* NULL: nothing, or nothing known */
	const char *change;  /* JSON for an edit; NULL: a person has to look */
	const char *undo;    /* JSON; NULL unless accepted */
	int confidence;      /* percent */
	enum suggestion_state state;
	bool automatic;
	int64_t created_at_ms, decided_at_ms; /* 0: not yet */
	int64_t decided_by;                   /* 0: nobody, or the operator */
	const char *decider; /* NULL */
	const char *title, *artist; /* of the thing now; of an artist the name
				     * and NULL */
};

/* The rows there are of these things (at most IDS_AT_ONCE ids), without the
 * names of things and deciders. */
enum status suggestions_of(struct store_session *session, enum edit_kind kind,
			   const int64_t *ids, size_t count,
			   struct arena *arena, struct suggestion **out,
			   size_t *out_count, struct fault *fault);

/* Writes kind, thing, rule, field, was, becomes, change and confidence; the row
 * of that thing and rule is open from now on. */
enum status suggestions_put(struct store_session *session,
			    const struct suggestion *suggestion,
			    int64_t now_ms, struct fault *fault);
enum status suggestions_remove(struct store_session *session, int64_t id,
			       struct fault *fault);

struct suggestion_decision {
	int64_t id;
	enum suggestion_state state;
	bool automatic;
	const char *undo; /* JSON or NULL */
	int64_t by, at_ms;
};
enum status suggestions_decide(struct store_session *session,
			       const struct suggestion_decision *decision,
			       struct fault *fault);

/* STATUS_NOT_FOUND. */
enum status suggestions_get(struct store_session *session, int64_t id,
			    struct arena *arena, struct suggestion *out,
			    struct fault *fault);

struct suggestion_filter { /* NULL, 0, false: any */
	const char *rule;
	enum edit_kind kind;
	bool state_given;
	enum suggestion_state state;
	bool automatic;
};

struct suggestion_list {
	struct suggestion *items;
	size_t count;
	struct page_info page;
};

/* Newest first. */
enum status suggestions_list(struct store_session *session,
			     const struct suggestion_filter *filter,
			     const struct page_request *page,
			     struct arena *arena, struct suggestion_list *out,
			     struct fault *fault);

/* Ids of open ones of a rule that can be accepted, above `after`, in order. */
enum status suggestions_open(struct store_session *session, const char *rule,
			     int64_t after, int64_t *ids, size_t room,
			     size_t *count, struct fault *fault);

/* How many there are by rule and state. */
struct suggestion_count {
	const char *rule;
	enum suggestion_state state;
	bool automatic;
	int64_t count;
};
enum status suggestions_count(struct store_session *session,
			      struct arena *arena,
			      struct suggestion_count **out, size_t *count,
			      struct fault *fault);

/* ---- what is looked at -------------------------------------------------------- */

struct suspect {
	enum edit_kind kind; /* EDIT_TRACK, EDIT_ALBUM, EDIT_ARTIST */
	int64_t id, updated_at_ms;
	bool visible;
	const char *title; /* or name */
	/* of tracks and albums */
	const char *artist;
	int64_t artist_id; /* 0: none */
	int32_t year;
	/* of tracks */
	const char *artist_name; /* of artist_id; NULL: none */
	const char *file_name;   /* NULL: no file */
	int64_t album_id, album_tracks;
	int32_t track_no, disc_no;
	int64_t duration_ms;
	/* of albums */
	int64_t track_count;
	const char *mbid; /* NULL */
};

/* At most `room` things that changed after (`since_ms`, `after_id`), in the
 * order of change; or, when id is not 0, that one. */
enum status suspects_read(struct store_session *session, enum edit_kind kind,
			  int64_t since_ms, int64_t after_id, int64_t id,
			  size_t room, struct arena *arena,
			  struct suspect **out, size_t *count,
			  struct fault *fault);

/* Who is credited for a track, in order. */
struct suspect_credit {
	int64_t artist_id;
	enum credit_role role;
	const char *name;
};
enum status suspect_credits(struct store_session *session, int64_t track_id,
			    struct arena *arena, struct suspect_credit **out,
			    size_t *count, struct fault *fault);

/* Other spellings of an artist's name: the artist texts of its tracks, at most
 * SPELLINGS_MAX different ones. */
#define SPELLINGS_MAX 32
enum status suspect_spellings(struct store_session *session, int64_t artist_id,
			      struct arena *arena, const char **out,
			      size_t *count, struct fault *fault);

/* Albums of the same artist that are shown, at most TWINS_MAX. */
#define TWINS_MAX 200
enum status suspect_twins(struct store_session *session,
			  const struct suspect *album, struct arena *arena,
			  struct suspect **out, size_t *count,
			  struct fault *fault);

#endif /* OGMA_LIBRARY_SUGGESTIONS_H */
