/* events_sqlite.h - the parts of the SQLite log of events among themselves.
 *
 * events_sqlite.c         opening, the queue of batches, the packer's thread
 * events_sqlite_write.c   one group of batches as one transaction
 * events_sqlite_pack.c    from the tail to blocks; days and months made whole
 * events_sqlite_read.c    sums
 * events_sqlite_rank.c    tops and numbers of listeners
 * events_sqlite_walk.c    walks over the listens
 * events_sqlite_look.c    looks at the logs of requests, searches and doings
 * events_sqlite_mark.c    what is in each thousand rows of those
 * events_sqlite_tidy.c    retention, forgetting, recounting
 * events_block.c          listens, sums and sets as bytes
 *
 * How listens lie. A group of batches is one row of `tail`. When the tail has
 * grown to TAIL_LISTENS, the packer turns it into a run: for each day in it,
 * the listens themselves in order of listeners (BLOCK_LISTENS), the sums of
 * each kind in order of things (BLOCK_SUMS + kind), and who heard what
 * (BLOCK_SETS + kind), in blocks found by their first id; plays and time alone,
 * in large blocks, for those who read them all (BLOCK_RANKS + kind). Runs of
 * past days are made one; ranks of months too, for long ranges. A question adds
 * up the blocks and then looks at each listen of the tail (kept decoded in
 * memory too), in one snapshot, so sums are always those of all listens that
 * were acknowledged.
 *
 * Words and listeners are numbers from their own tables, so that forgetting a
 * person is one row.
 *
 * Floor: 2 (driver); private.
 */
#ifndef OGMA_DRIVER_EVENTS_SQLITE_H
#define OGMA_DRIVER_EVENTS_SQLITE_H

#include <pthread.h>
#include <stdatomic.h>

#include "driver/events.h"
#include "driver/store.h"

#define TAIL_LISTENS 16384
#define TAIL_LISTENS_MAX (8 * TAIL_LISTENS) /* then appends wait */
#define BLOCK_BYTES 3900		    /* fits a page of SQLite */

/* Kinds of blocks. Stored: never renumber. */
#define BLOCK_LISTENS 0
#define BLOCK_SUMS 16 /* + enum events_kind */
#define BLOCK_SETS 48 /* + enum events_kind */
#define BLOCK_RANKS 80 /* + enum events_kind */
#define BLOCK_KINDS 96

/* Ranks of a month are kept as if it were the day MONTH + months since 1970. */
#define MONTH 1000000
int32_t month_of_day(int32_t day);
int32_t month_first_day(int32_t month);

/* ---- events_block.c ------------------------------------------------------- */

/* Seven bits to a byte, the lowest first. */
void pack_number(struct buffer *out, uint64_t number);

/* False at the end, or when the bytes make no sense. */
bool unpack_number(struct span *rest, uint64_t *out);

/* A listen as it is kept: with numbers for listener and words (0: none). */
struct kept_listen {
	int64_t seq, at_ms, began_at_ms;
	int64_t listener; /* 0: nobody known */
	bool is_user;	  /* the listener was signed in */
	int64_t track_id, artists[EVENT_ARTISTS_MAX], album_id, genre_id;
	int64_t source_id;
	uint32_t heard_ms, total_ms, position_ms;
	enum event_action action;
	enum event_source source;
	bool counts;
	int32_t platform, device, client, country;
};

/* Times and numbers are kept relative to `base_ms` and `base_seq`; a listen
 * must not be before them. */
void pack_listen(struct buffer *out, const struct kept_listen *listen,
		 int64_t base_ms, int64_t base_seq);
bool unpack_listen(struct span *rest, struct kept_listen *out, int64_t base_ms,
		   int64_t base_seq);

/* The things of a kind that a listen adds to, their number at most
 * EVENT_ARTISTS_MAX; and whether one of them is `id`. Things of EVENTS_USER are
 * listeners' numbers. */
size_t things_of(const struct kept_listen *listen, enum events_kind kind,
		 int64_t out[EVENT_ARTISTS_MAX]);
bool listen_about(const struct kept_listen *listen, enum events_kind kind,
		  int64_t id);
static inline bool
kind_has_parts(enum events_kind kind)
{
	return kind == EVENTS_TRACK || kind == EVENTS_ARTIST;
}
static inline bool
kind_has_ranks(enum events_kind kind)
{
	return kind == EVENTS_TRACK || kind == EVENTS_ARTIST ||
	       kind == EVENTS_GENRE;
}
static inline bool
kind_has_sets(enum events_kind kind)
{
	return kind == EVENTS_TRACK || kind == EVENTS_ARTIST ||
	       kind == EVENTS_TOTAL;
}

/* Some sums in order of id and part. */
enum sum_column { SUM_PLAYS, SUM_HEARD, SUM_STARTS, SUM_COMPLETES, SUM_SKIPS };
#define SUM_COLUMNS 5

struct kept_sum {
	int64_t id;
	int32_t part;
	int32_t day; /* not in the block */
	int64_t columns[SUM_COLUMNS];
};
void sum_of_listen(struct kept_sum *sum, const struct kept_listen *listen);
void sum_add(struct kept_sum *sum, const struct kept_sum *more);

/* Sorts by day, id and part and joins equal ones; gives the new count. */
size_t sums_merge(struct kept_sum *sums, size_t count);

struct sum_block { /* being read */
	size_t left;
	int64_t id;
	struct span ids, parts, columns[SUM_COLUMNS];
};
void pack_sums(struct buffer *out, const struct kept_sum *sums, size_t count);
bool sum_block_open(struct sum_block *block, struct span bytes);

bool sum_block_next(struct sum_block *block, struct kept_sum *out);

/* Plays and time of things in order of ids, parts joined. */
void pack_ranks(struct buffer *out, const struct events_rank *ranks,
		size_t count);
struct rank_block {
	size_t left;
	int64_t id;
	struct span ids, plays, heard;
};
bool rank_block_open(struct rank_block *block, struct span bytes);
bool rank_block_next(struct rank_block *block, struct events_rank *out);

/* Adds what the block has below `end` to counters of ids from `first` on,
 * beginning with *next, which was read before. True: *next is the first one not
 * added; false: the block is used up. */
bool rank_block_add(struct rank_block *block, struct events_rank *next,
		    int64_t first, int64_t end, int64_t *plays,
		    int64_t *heard_ms);

/* A set of listeners of one thing, in a block of several. */
struct set_block {
	struct span rest;
	int64_t id;
	struct span listeners; /* of id */
};
struct set_reader {
	struct span rest;
	int64_t before;
};
void pack_set(struct buffer *out, int64_t after_id, int64_t id,
	      const int64_t *listeners, size_t count); /* ascending */
bool set_block_next(struct set_block *block);
bool set_next(struct set_reader *reader, int64_t *listener);

/* ---- events_sqlite.c ------------------------------------------------------ */

/* A hash from 64 bits, never 0, to a number. */
struct number_map {
	uint64_t *keys;
	int64_t *values;
	size_t count, room; /* room is a power of two */
};

/* False: not there. */
bool number_map_get(const struct number_map *map, uint64_t key, int64_t *out);
void number_map_put(struct number_map *map, uint64_t key, int64_t value);
void number_map_clear(struct number_map *map);

struct waiting_batch { /* on its caller's stack */
	const struct events_batch *batch;
	struct events_receipt receipt;
	enum status status;
	struct fault fault;
	bool done;
	struct waiting_batch *next;
};

struct sqlite_log {
	struct events_log log;
	struct events_settings settings;
	char *path;
	struct store *store;

	pthread_mutex_t lock; /* of the queue and of what the threads do */
	pthread_cond_t settled;
	struct waiting_batch *first, **last;
	bool busy; /* somebody writes */

	/* Belong to whoever writes. */
	struct number_map people, sessions, words, active;
	bool uncommitted; /* the maps may hold what was not committed */

	_Atomic int64_t tail_listens; /* about */
	pthread_t packer, syncer;
	bool has_packer, has_syncer, ending;
	bool pack_failed; /* lately: appends do not wait */
	pthread_cond_t packer_wake, syncer_wake;
	atomic_bool sync_needed; /* EVENTS_DURABILITY=second */

	pthread_mutex_t pack_lock; /* one packs, or tidies */

	/* The tail, decoded: listens after `tail_packed` up to `tail_seq`. */
	pthread_mutex_t tail_lock;
	struct kept_listen *tail;
	size_t tail_count, tail_room;
	int64_t tail_packed, tail_seq;
	_Atomic int32_t keys_tidied_day;
};

static inline struct sqlite_log *
sqlite_log_of(struct events_log *log)
{
	return container_of(log, struct sqlite_log, log);
}

/* Nobody appends until sqlite_log_leave(). */
void sqlite_log_alone(struct sqlite_log *mine);
void sqlite_log_leave(struct sqlite_log *mine);

/* Writes some batches in one transaction: all are kept or none is. */
enum status sqlite_log_write(struct sqlite_log *mine,
			     struct waiting_batch *group, struct fault *fault);

/* ---- events_sqlite_mark.c ------------------------------------------------- */

/* Stored: never renumber, neither these. */
enum marked_log { MARKED_REQUESTS, MARKED_SEARCHES, MARKED_ACTIVITIES };
#define MARKED_LOGS 3
enum mark_set { MARK_LISTENERS, MARK_WORDS, MARK_TEXTS, MARK_NUMBERS };
#define MARK_SETS 4
#define MARK_ROWS 1024 /* a block: as many numbers from a multiple of it on */

static inline int64_t
mark_number(enum marked_log log, int64_t block)
{
	return ((int64_t)log << 40) + block;
}

/* Marks full blocks that have no mark, the oldest first, at most `most`; *more
 * is set when there are more. */
enum status sqlite_log_mark(struct store_session *session, enum marked_log log,
			    int64_t most, bool *more, struct fault *fault);

/* Marks of rows that are gone go too. */
enum status sqlite_log_marks_trim(struct store_session *session,
				  struct fault *fault);

/* What a look wants, in the log's own numbers; 0 or NULL: anything. */
struct mark_wants {
	int64_t listener, word;
	bool bounded;
	int64_t least, most;
	const bool *texts; /* by the number of the word */
	size_t text_count;
};

/* False: none of the mark's rows is wanted. */
bool mark_may_hold(struct span sets, const struct mark_wants *wants);

/* ---- packing -------------------------------------------------------------- */

/* Turns up to about TAIL_LISTENS of the tail into a run. */
enum status sqlite_log_pack(struct sqlite_log *mine, struct fault *fault);

/* Makes one past day or month whole; *more: there was something to do. */
enum status sqlite_log_join(struct sqlite_log *mine, int32_t today, bool *more,
			    struct fault *fault);

/* ---- for questions -------------------------------------------------------- */

struct run {
	int32_t day;
	int64_t run, listens;
};

/* The runs of some days, in order of days. */
enum status sqlite_log_runs(struct store_session *session,
			    struct arena *arena,
			    const struct events_range *range,
			    struct run **out, size_t *count,
			    struct fault *fault);

/* Calls back for each block of a kind of one run, or for the one that may hold
 * `id`. False ends the walk. */
typedef bool block_visit(void *cookie, struct span bytes);
enum status sqlite_log_blocks(struct store_session *session, int kind,
			      int32_t day, int64_t run, block_visit *visit,
			      void *cookie, struct fault *fault);
enum status sqlite_log_block_of(struct store_session *session, int kind,
				int32_t day, int64_t run, int64_t id,
				block_visit *visit, void *cookie,
				struct fault *fault);

/* Calls back for each listen of the tail, as the session sees it. `visit` must
 * not ask the log. */
typedef void listen_visit(void *cookie, const struct kept_listen *listen);
enum status sqlite_log_tail(struct sqlite_log *mine,
			    struct store_session *session, listen_visit *visit,
			    void *cookie, struct fault *fault);

/* Adds up the ranks of some runs (and of `more`, ascending, which may be empty)
 * and calls back for each thing in order of ids. */
typedef void rank_visit(void *cookie, const struct events_rank *rank);
enum status sqlite_log_ranks(struct store_session *session,
			     enum events_kind kind, const struct run *runs,
			     size_t run_count, const struct events_rank *more,
			     size_t more_count, rank_visit *visit,
			     void *cookie, struct fault *fault);

/* How many listens the runs of a month hold; `run` of its whole sums when they
 * are up to date. */
enum status sqlite_log_month_listens(struct store_session *session,
				     int32_t month, int64_t *out,
				     struct fault *fault);

/* The number of a person or a session in the log; 0: none. */
enum status sqlite_log_listener(struct store_session *session, int64_t user_id,
				uint64_t of_session, int64_t *out,
				struct fault *fault);

/* A column that may be NULL: 0. All words by number, at least [0] = NULL. */
enum status sqlite_log_words(struct store_session *session,
			     struct arena *arena, const char ***out,
			     size_t *count, struct fault *fault);

/* Room for one more in an array of an arena. */
void *arena_grown(struct arena *arena, void *items, size_t count, size_t *room,
		  size_t size);

/* ---- the callbacks of the driver ------------------------------------------ */

enum status sqlite_log_state(struct events_log *log, struct events_state *out,
			     struct fault *fault);
enum status sqlite_log_sums(struct events_log *log, struct arena *arena,
			    enum events_kind kind, int64_t id,
			    const struct events_range *range,
			    struct events_sum **out, size_t *count,
			    struct fault *fault);
enum status sqlite_log_totals(struct events_log *log, struct arena *arena,
			      enum events_kind kind, const int64_t *ids,
			      size_t count, const struct events_range *range,
			      struct events_sum **out, struct fault *fault);
enum status sqlite_log_counts(struct events_log *log, struct arena *arena,
			      enum events_count_kind kind,
			      const struct events_range *range,
			      struct events_count **out, size_t *count,
			      struct fault *fault);
enum status sqlite_log_queries(struct events_log *log, struct arena *arena,
			       const struct events_range *range,
			       uint32_t limit, struct events_query_rank **out,
			       size_t *count, struct fault *fault);
enum status sqlite_log_top(struct events_log *log, struct arena *arena,
			   enum events_kind kind,
			   const struct events_range *range, uint32_t limit,
			   struct events_top *out, struct fault *fault);
enum status sqlite_log_listeners(struct events_log *log, struct arena *arena,
				 enum events_kind kind, const int64_t *ids,
				 size_t id_count,
				 const struct events_range *range,
				 uint32_t window_days,
				 struct events_listeners *out,
				 struct fault *fault);
enum status sqlite_log_listens(struct events_log *log,
			       const struct events_walk *walk,
			       event_listen_visit *visit, void *cookie,
			       struct fault *fault);
enum status sqlite_log_requests(struct events_log *log,
				const struct events_look *look,
				event_request_visit *visit, void *cookie,
				struct fault *fault);
enum status sqlite_log_searches(struct events_log *log,
				const struct events_look *look,
				event_search_visit *visit, void *cookie,
				struct fault *fault);
enum status sqlite_log_activities(struct events_log *log,
				  const struct events_look *look,
				  event_activity_visit *visit, void *cookie,
				  struct fault *fault);
enum status sqlite_log_plays_read(struct events_log *log, int64_t after_seq,
				  struct events_play *out, size_t room,
				  size_t *count, struct fault *fault);
enum status sqlite_log_plays_drop(struct events_log *log, int64_t seq,
				  struct fault *fault);
enum status sqlite_log_forget_user(struct events_log *log, int64_t user_id,
				   struct fault *fault);
enum status sqlite_log_tidy(struct events_log *log, int64_t now_ms, bool *more,
			    struct fault *fault);
enum status sqlite_log_check(struct events_log *log,
			     const struct events_range *range,
			     struct fault *fault);

#endif /* OGMA_DRIVER_EVENTS_SQLITE_H */
