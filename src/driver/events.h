/* events.h - what happened: listens, searches, requests and doings of people,
 * kept as an append-only log with daily sums.
 *
 * Events come in batches. events_append() returns when the batch is as safe as
 * the driver's durability setting promises: a batch that was answered with
 * STATUS_OK is there after a kill, and with the setting "commit" after a power
 * loss too. A batch is kept whole or not at all, together with all sums that
 * depend on it, so sums always equal a recount of the log.
 *
 * Days are UTC days, numbered from 1970-01-01 (0). Sums are kept for each day
 * and thing (enum events_kind); a listen adds to the sums of its track, its
 * credited artists, its genre, its listener, and so on.
 *
 * Listeners are people (user_id) or anonymous sessions. events_forget_user()
 * cuts the tie between a person and the log: nothing can be asked about them
 * any more, while sums and numbers of listeners stay.
 *
 * A listen that `counts` is also put aside for whoever keeps play counts
 * elsewhere (service/plays.c): see events_plays_read().
 *
 * Callers use the events_*() functions at the end of this file. Drivers fill in
 * one `struct events_driver`; events_memory.c is these rules and nothing more,
 * so start reading there.
 *
 * Threads: all calls may block, so call from a worker; one log may be used by
 * many threads; queries never wait for appends.
 *
 * Floor: 2 (driver).
 */
#ifndef OGMA_DRIVER_EVENTS_H
#define OGMA_DRIVER_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/option.h"

#define DAY_MS 86400000
#define EVENT_ARTISTS_MAX 3
#define EVENT_WORD_BYTES_MAX 60   /* of platform, client, … ; cut beyond */
#define EVENT_QUERY_BYTES_MAX 500 /* of a search's text; cut beyond */
#define EVENTS_BATCH_MAX 10000	  /* events of all types together */
#define EVENTS_DAYS_MAX 4000	  /* of one query */
#define EVENTS_TOP_MAX 1000

/* Stored: never renumber. */
enum event_action {
	EVENT_START,
	EVENT_PROGRESS,
	EVENT_PAUSE,
	EVENT_SEEK,
	EVENT_COMPLETE, /* the end was reached */
	EVENT_SKIP,	/* left before the end */
};
#define EVENT_ACTIONS 6

/* Where the listener found it. Stored: never renumber. */
enum event_source {
	EVENT_FROM_LIBRARY,
	EVENT_FROM_ALBUM,
	EVENT_FROM_ARTIST,
	EVENT_FROM_PLAYLIST,
	EVENT_FROM_RADIO,
	EVENT_FROM_SEARCH,
	EVENT_FROM_RECOMMENDATION,
	EVENT_FROM_FAVORITES,
	EVENT_FROM_QUEUE,
	EVENT_FROM_OTHER,
};
#define EVENT_SOURCES 10

const char *event_action_name(enum event_action action); /* "complete" */
bool event_action_parse(const char *name, enum event_action *out);
const char *event_source_name(enum event_source source); /* "library" */
bool event_source_parse(const char *name, enum event_source *out);

/* One report of a player. Text may be NULL: unknown. */
struct event_listen {
	int64_t at_ms;	     /* when it happened; decides the day */
	int64_t began_at_ms; /* of this listening; the same in its reports */
	int64_t user_id;     /* 0: anonymous */
	uint64_t session;    /* of the player; 0: none */
	int64_t track_id;
	int64_t artists[EVENT_ARTISTS_MAX]; /* credited; 0 ends them */
	int64_t album_id, genre_id;	    /* 0: none */
	enum event_action action;
	enum event_source source;
	int64_t source_id;    /* the playlist, album, …; 0: none */
	uint32_t heard_ms;    /* since the report before */
	uint32_t total_ms;    /* so far in this listening */
	uint32_t position_ms; /* in the track */
	bool counts;	      /* this report makes it a play */
	uint64_t key;	      /* equal keys are one event; 0: no key */
	const char *platform, *device, *client, *country;
};

struct event_request {
	int64_t at_ms;
	int64_t user_id; /* 0: nobody signed in */
	const char *method, *route; /* the route's pattern */
	unsigned status;
	uint32_t took_us;
	const char *address, *client; /* may be NULL */
};

struct event_search {
	int64_t at_ms;
	int64_t user_id;
	uint64_t session;
	const char *query;
	const char *surface; /* "tracks", "multi", …; "click" for a click */
	uint32_t results;
	uint32_t took_us;
	const char *clicked; /* "track"; NULL: none */
	int64_t clicked_id;
};

struct event_activity {
	int64_t at_ms;
	int64_t user_id;
	uint64_t session;
	const char *action; /* "login", "playlist_play", … */
	const char *object; /* "playlist"; NULL: none */
	int64_t object_id;

	/* Of a visit that is over ("visit"): its person is not here at at_ms,
	 * so nobody counts as active. All 0 else. */
	bool sums_up;
	uint32_t visit_minutes, tracks_played, searches_made;
};

/* Everything is borrowed for the call. */
struct events_batch {
	const struct event_listen *listens;
	size_t listen_count;
	const struct event_request *requests;
	size_t request_count;
	const struct event_search *searches;
	size_t search_count;
	const struct event_activity *activities;
	size_t activity_count;
};

struct events_receipt {
	size_t duplicates; /* listens whose key was there; passed over */
};

/* What sums are about. Stored: never renumber. */
enum events_kind {
	EVENTS_TOTAL,	 /* id 0 */
	EVENTS_HOUR,	 /* id 0..23, UTC */
	EVENTS_TRACK,	 /* parts: enum event_source */
	EVENTS_ARTIST,	 /* parts: enum event_source */
	EVENTS_GENRE,
	EVENTS_USER,
	EVENTS_SOURCE,	 /* id: enum event_source */
	EVENTS_PLATFORM, /* these four have a word instead of an id */
	EVENTS_DEVICE,
	EVENTS_CLIENT,
	EVENTS_COUNTRY,
	EVENTS_ACTIVE,	 /* people who did anything; only for listeners() */
};
#define EVENTS_KINDS 12

/* What else is counted each day. Stored: never renumber. */
enum events_count_kind {
	EVENTS_REQUESTS, /* id: status of the answer */
	EVENTS_SEARCHES, /* id: 0 something was found, 1 nothing was */
	EVENTS_ACTIONS,	 /* by word */
};
#define EVENTS_COUNT_KINDS 3

struct events_range {
	int32_t first_day, last_day; /* both inclusive */
};

struct events_sum {
	int32_t day;
	int32_t part;	  /* EVENTS_TRACK, EVENTS_ARTIST; else 0 */
	int64_t id;
	const char *word; /* of kinds that have one */
	int64_t plays, starts, completes, skips, heard_ms;
};

struct events_rank {
	int64_t id;
	int64_t plays, heard_ms;
};

/* Their order in a top, for qsort(): most plays first, then heard, then id. */
int events_rank_compare(const void *a, const void *b);

struct events_top {
	struct events_rank *items; /* in the order of events_rank_compare() */
	size_t count;
	int64_t total; /* things with at least one play */
};

struct events_listeners {
	uint32_t *daily;   /* [days of the range] who heard it that day */
	uint32_t *rolling; /* in the `window` days that end with it */
	uint32_t distinct; /* in the whole range */
};

struct events_count {
	int32_t day;
	int64_t id;
	const char *word;
	int64_t count;
};

struct events_query_rank { /* what was searched for */
	const char *text;
	int64_t count, empty; /* of these, without results */
};

/* A play put aside for play counts. */
struct events_play {
	int64_t seq; /* grows */
	int64_t at_ms, user_id, track_id;
};

struct events_state {
	int64_t log_id;		       /* of this log; random, never 0 */
	int64_t seq;		       /* of the newest listen */
	int32_t first_day, last_day;   /* with listens; first > last: none */
	int64_t listens;	       /* in the log */
	int64_t plays_waiting;	       /* not yet dropped */
	int64_t size_bytes;	       /* on disk; 0: none */
};

/* Called for each; the texts are valid during the call. False ends the walk. */
typedef bool event_listen_visit(void *cookie, int64_t seq,
				const struct event_listen *listen);
typedef bool event_request_visit(void *cookie, int64_t seq,
				 const struct event_request *request);
typedef bool event_search_visit(void *cookie, int64_t seq,
				const struct event_search *search);
typedef bool event_activity_visit(void *cookie, int64_t seq,
				  const struct event_activity *activity);

/* A walk over the listens of one listener. Listens with the same time are in the
 * order of their numbers. */
struct events_walk {
	int64_t user_id;
	uint64_t session; /* when user_id is 0 */
	int64_t from_ms, until_ms; /* the first inclusive */
	bool newest_first;
	bool has_after;		   /* begin after this one */
	int64_t after_ms, after_seq;
};

/* How far a look may go, and went. */
struct events_reach {
	int64_t rows; /* it looks at no more than these */

	/* Out: the last of them and its time, when it had to stop there; 0: it
	 * did not. Go on behind it. */
	int64_t seq, at_ms;
};

/* A look at one of the other logs: requests, searches, activities. Rows have
 * numbers that grow; what is not set narrows nothing. */
struct events_look {
	bool oldest_first;
	int64_t after_seq; /* begin behind this one, in the order of the look */
	int64_t from_ms, until_ms; /* the first inclusive; until 0: no end */
	int64_t user_id;
	bool bounded; /* by these, inclusive: */
	int64_t least, most; /* status of a request, results of a search */
	const char *word; /* a request's method, a search's surface, an
			   * activity's action: exactly this */
	const char *text; /* part of a request's route, a search's query, an
			   * activity's object; as fold_identity() compares */
	struct events_reach *reach; /* NULL: to the end */
};

struct events_log {
	const struct events_driver *driver;
};

struct events_settings {
	const char *durability;	     /* EVENTS_DURABILITY: commit, second */
	uint32_t keep_listens_days;  /* EVENTS_KEEP_DAYS; 0: for ever */
	uint32_t keep_requests_days; /* REQUEST_LOG_KEEP_DAYS */
	uint32_t keep_searches_days; /* SEARCH_LOG_KEEP_DAYS */
	uint32_t keep_activity_days; /* ACTIVITY_KEEP_DAYS */
	uint32_t readers_max;	     /* EVENTS_READERS */
	uint32_t cache_kib;	     /* EVENTS_CACHE_KIB */
};
extern const struct option events_options[];

struct events_open_args {
	const struct events_settings *settings; /* copied */
	const char *path; /* of an embedded log's file; borrowed */
};

/* A kind of log. Constant. All callbacks are required. On failure outputs are
 * untouched. STATUS_UNAVAILABLE with field "events": the engine is not there;
 * STATUS_FULL: the disk is. Both may come from every call that has a fault. */
struct events_driver {
	const char *name; /* "sqlite", "memory" */
	const char *summary;

	enum status (*open)(const struct events_open_args *args,
			    struct events_log **out, struct fault *fault);
	void (*close)(struct events_log *log);

	/* See the top of this file. At most EVENTS_BATCH_MAX events. */
	enum status (*append)(struct events_log *log,
			      const struct events_batch *batch,
			      struct events_receipt *receipt,
			      struct fault *fault);

	enum status (*state)(struct events_log *log, struct events_state *out,
			     struct fault *fault);

	/* The sums of one thing, in order of days and parts; days and parts
	 * without events are left out. EVENTS_EVERY: of all things of the kind,
	 * in order of days; not for tracks, artists, users. Not EVENTS_ACTIVE. */
	enum status (*sums)(struct events_log *log, struct arena *arena,
			    enum events_kind kind, int64_t id,
			    const struct events_range *range,
			    struct events_sum **out, size_t *count,
			    struct fault *fault);

	/* The most played tracks, artists or genres of a range. */
	enum status (*top)(struct events_log *log, struct arena *arena,
			   enum events_kind kind,
			   const struct events_range *range, uint32_t limit,
			   struct events_top *out, struct fault *fault);

	/* The sums over the range of each of these tracks, artists or genres,
	 * in the order given: day and part are 0. */
	enum status (*totals)(struct events_log *log, struct arena *arena,
			      enum events_kind kind, const int64_t *ids,
			      size_t count, const struct events_range *range,
			      struct events_sum **out, struct fault *fault);

	/* Who heard any of these tracks or artists, anything (EVENTS_TOTAL,
	 * id 0), or did anything (EVENTS_ACTIVE, id 0). Days before the range count for `rolling`.
	 * Heard: a listen that counts. */
	enum status (*listeners)(struct events_log *log, struct arena *arena,
				 enum events_kind kind, const int64_t *ids,
				 size_t id_count,
				 const struct events_range *range,
				 uint32_t window_days,
				 struct events_listeners *out,
				 struct fault *fault);

	enum status (*listens)(struct events_log *log,
			       const struct events_walk *walk,
			       event_listen_visit *visit, void *cookie,
			       struct fault *fault);

	/* In order of days; days without any are left out. */
	enum status (*counts)(struct events_log *log, struct arena *arena,
			      enum events_count_kind kind,
			      const struct events_range *range,
			      struct events_count **out, size_t *count,
			      struct fault *fault);

	/* What was searched for most. */
	enum status (*queries)(struct events_log *log, struct arena *arena,
			       const struct events_range *range,
			       uint32_t limit, struct events_query_rank **out,
			       size_t *count, struct fault *fault);

	/* The logs, by what the look asks. */
	enum status (*requests)(struct events_log *log,
				const struct events_look *look,
				event_request_visit *visit, void *cookie,
				struct fault *fault);
	enum status (*searches)(struct events_log *log,
				const struct events_look *look,
				event_search_visit *visit, void *cookie,
				struct fault *fault);
	enum status (*activities)(struct events_log *log,
				  const struct events_look *look,
				  event_activity_visit *visit, void *cookie,
				  struct fault *fault);

	/* The first plays after `after_seq`, at most `room`; and: drop those up
	 * to and with `seq`. */
	enum status (*plays_read)(struct events_log *log, int64_t after_seq,
				  struct events_play *out, size_t room,
				  size_t *count, struct fault *fault);
	enum status (*plays_drop)(struct events_log *log, int64_t seq,
				  struct fault *fault);

	enum status (*forget_user)(struct events_log *log, int64_t user_id,
				   struct fault *fault);

	/* Housekeeping: what is older than the retention settings goes, past
	 * days are packed so that long ranges are read fast. One step of it;
	 * *more: call again. */
	enum status (*tidy)(struct events_log *log, int64_t now_ms, bool *more,
			    struct fault *fault);

	/* Compares all sums of these days with a recount of the log.
	 * STATUS_CORRUPT with the first difference. Slow: for tests and
	 * `ogma doctor`. */
	enum status (*check)(struct events_log *log,
			     const struct events_range *range,
			     struct fault *fault);
};

#define EVENTS_EVERY (-1)

extern const struct events_driver events_driver_sqlite;
extern const struct events_driver events_driver_memory;

/* Asserts that every callback is set. */
void events_driver_check(const struct events_driver *driver);

/* What the rest of Ogma calls; the contract is at the callback. */
enum status events_open(const struct events_driver *driver,
			const struct events_open_args *args,
			struct events_log **out, struct fault *fault);
void events_close(struct events_log *log); /* NULL is fine */
enum status events_append(struct events_log *log,
			  const struct events_batch *batch,
			  struct events_receipt *receipt, struct fault *fault);
enum status events_get_state(struct events_log *log, struct events_state *out,
			     struct fault *fault);
enum status events_sums(struct events_log *log, struct arena *arena,
			enum events_kind kind, int64_t id,
			const struct events_range *range,
			struct events_sum **out, size_t *count,
			struct fault *fault);
enum status events_top(struct events_log *log, struct arena *arena,
		       enum events_kind kind, const struct events_range *range,
		       uint32_t limit, struct events_top *out,
		       struct fault *fault);
enum status events_totals(struct events_log *log, struct arena *arena,
			  enum events_kind kind, const int64_t *ids,
			  size_t count, const struct events_range *range,
			  struct events_sum **out, struct fault *fault);
enum status events_listeners(struct events_log *log, struct arena *arena,
			     enum events_kind kind, int64_t id,
			     const struct events_range *range,
			     uint32_t window_days,
			     struct events_listeners *out, struct fault *fault);
enum status events_listeners_of_any(struct events_log *log,
				    struct arena *arena, enum events_kind kind,
				    const int64_t *ids, size_t id_count,
				    const struct events_range *range,
				    uint32_t window_days,
				    struct events_listeners *out,
				    struct fault *fault);
enum status events_listens(struct events_log *log,
			   const struct events_walk *walk,
			   event_listen_visit *visit, void *cookie,
			   struct fault *fault);
enum status events_counts(struct events_log *log, struct arena *arena,
			  enum events_count_kind kind,
			  const struct events_range *range,
			  struct events_count **out, size_t *count,
			  struct fault *fault);
enum status events_queries(struct events_log *log, struct arena *arena,
			   const struct events_range *range, uint32_t limit,
			   struct events_query_rank **out, size_t *count,
			   struct fault *fault);
enum status events_requests(struct events_log *log,
			    const struct events_look *look,
			    event_request_visit *visit, void *cookie,
			    struct fault *fault);
enum status events_searches(struct events_log *log,
			    const struct events_look *look,
			    event_search_visit *visit, void *cookie,
			    struct fault *fault);
enum status events_activities(struct events_log *log,
			      const struct events_look *look,
			      event_activity_visit *visit, void *cookie,
			      struct fault *fault);
enum status events_plays_read(struct events_log *log, int64_t after_seq,
			      struct events_play *out, size_t room,
			      size_t *count, struct fault *fault);
enum status events_plays_drop(struct events_log *log, int64_t seq,
			      struct fault *fault);
enum status events_forget_user(struct events_log *log, int64_t user_id,
			       struct fault *fault);
enum status events_tidy(struct events_log *log, int64_t now_ms, bool *more,
			struct fault *fault);
enum status events_check(struct events_log *log,
			 const struct events_range *range,
			 struct fault *fault);

/* For drivers: one row as a look sees it, and whether the look takes it. */
struct events_look_row {
	int64_t seq, at_ms, user_id, number;
	const char *word, *text; /* may be NULL */
};
bool events_look_takes(const struct events_look *look,
		       const struct events_look_row *row);

/* Whether the text, which may be NULL, has `folded` in it. Leaves some bytes in
 * the arena. */
bool events_text_has(struct arena *arena, const char *folded,
		     const char *text);

/* The UTC day of a time; right before 1970 too. */
int32_t events_day_of(int64_t at_ms);

#endif /* OGMA_DRIVER_EVENTS_H */
