/* events_sqlite_rank.c - tops and numbers of listeners; see events_sqlite.h.
 *
 * A top over any range adds up whole months where there are sums of them, days
 * else, and then the tail. A rolling count of listeners remembers of each on
 * which day they were seen last. */
#include "driver/events_sqlite.h"

#include <stdlib.h>
#include <string.h>

/* ---- adding up ranks ------------------------------------------------------ */

/* Things are taken RANKS_AT_ONCE ids at a time from all runs, so that what is
 * added to stays in the processor's cache. */
#define RANKS_AT_ONCE 32768

struct rank_source { /* the blocks of one run */
	struct store_rows *rows;
	struct rank_block block;
	struct events_rank next;
	bool has_next;
};

struct ranks {
	struct rank_source *sources;
	size_t count;
	int64_t *plays, *heard_ms; /* of RANKS_AT_ONCE ids from `first` on */
	int64_t first;
};

/* Moves to the next thing, into the next block where one ends. */
static enum status
source_step(struct rank_source *source, struct fault *fault)
{
	enum status status = STATUS_OK;

	while (!rank_block_next(&source->block, &source->next)) {
		if (!sql_next(source->rows, &status, fault)) {
			source->has_next = false;
			return status;
		}
		if (!rank_block_open(&source->block,
				     sql_column_span(source->rows, 0)))
			return fault_field(fault, STATUS_CORRUPT, "events",
					   "a block of ranks is broken");
	}
	source->has_next = true;
	return STATUS_OK;
}

static enum status
source_open(struct store_session *session, struct rank_source *source,
	    enum events_kind kind, const struct run *run, struct fault *fault)
{
	enum status status = sql_query(
		session,
		"select bytes from blocks where kind = $1 and day = $2 "
		"and run = $3 order by first",
		SQL_ARGS(SQL_INT(BLOCK_RANKS + (int)kind), SQL_INT(run->day),
			 SQL_INT(run->run)),
		&source->rows, fault);

	return status == STATUS_OK ? source_step(source, fault) : status;
}

/* Adds what the source has below `end`. */
static enum status
source_add(struct ranks *ranks, struct rank_source *source, int64_t end,
	   struct fault *fault)
{
	enum status status = STATUS_OK;

	while (status == STATUS_OK && source->has_next &&
	       source->next.id < end) {
		if (rank_block_add(&source->block, &source->next, ranks->first,
				   end, ranks->plays, ranks->heard_ms))
			break;
		source->block.left = 0;
		status = source_step(source, fault);
	}
	return status;
}

/* The first id that any source has left; INT64_MAX: none. */
static int64_t
ranks_first(const struct ranks *ranks, const struct events_rank *more,
	    size_t more_count)
{
	int64_t first = more_count > 0 ? more->id : INT64_MAX;

	for (size_t i = 0; i < ranks->count; i++)
		if (ranks->sources[i].has_next &&
		    ranks->sources[i].next.id < first)
			first = ranks->sources[i].next.id;
	return first;
}

static void
ranks_give(struct ranks *ranks, rank_visit *visit, void *cookie)
{
	for (size_t i = 0; i < RANKS_AT_ONCE; i++)
		if (ranks->plays[i] > 0 || ranks->heard_ms[i] > 0)
			visit(cookie, &(struct events_rank){
					      ranks->first + (int64_t)i,
					      ranks->plays[i],
					      ranks->heard_ms[i] });
	memset(ranks->plays, 0, RANKS_AT_ONCE * sizeof *ranks->plays);
	memset(ranks->heard_ms, 0, RANKS_AT_ONCE * sizeof *ranks->heard_ms);
}

static enum status
ranks_add(struct ranks *ranks, const struct events_rank *more,
	  size_t more_count, rank_visit *visit, void *cookie,
	  struct fault *fault)
{
	enum status status = STATUS_OK;

	while (status == STATUS_OK) {
		int64_t end;

		ranks->first = ranks_first(ranks, more, more_count);
		if (ranks->first == INT64_MAX)
			break;
		end = ranks->first + RANKS_AT_ONCE;
		for (size_t i = 0; i < ranks->count && status == STATUS_OK;
		     i++)
			status = source_add(ranks, &ranks->sources[i], end,
					    fault);
		for (; more_count > 0 && more->id < end; more++, more_count--) {
			size_t at = (size_t)(more->id - ranks->first);

			ranks->plays[at] += more->plays;
			ranks->heard_ms[at] += more->heard_ms;
		}
		if (status == STATUS_OK)
			ranks_give(ranks, visit, cookie);
	}
	return status;
}

enum status
sqlite_log_ranks(struct store_session *session, enum events_kind kind,
		 const struct run *runs, size_t run_count,
		 const struct events_rank *more, size_t more_count,
		 rank_visit *visit, void *cookie, struct fault *fault)
{
	struct ranks ranks = {
		.sources = mem_new(run_count + 1, sizeof *ranks.sources),
		.count = run_count,
		.plays = mem_new(RANKS_AT_ONCE, sizeof *ranks.plays),
		.heard_ms = mem_new(RANKS_AT_ONCE, sizeof *ranks.heard_ms),
	};
	enum status status = STATUS_OK;

	for (size_t i = 0; i < run_count && status == STATUS_OK; i++)
		status = source_open(session, &ranks.sources[i], kind,
				     &runs[i], fault);
	if (status == STATUS_OK)
		status = ranks_add(&ranks, more, more_count, visit, cookie,
				   fault);
	for (size_t i = 0; i < run_count; i++)
		sql_end(ranks.sources[i].rows);
	free(ranks.sources);
	free(ranks.plays);
	free(ranks.heard_ms);
	return status;
}

/* ---- tops ----------------------------------------------------------------- */

struct top_read {
	struct sqlite_log *mine;
	struct arena *arena;
	enum events_kind kind;
	const struct events_range *range;
	uint32_t limit;
	struct events_rank *tail;
	size_t tail_count, tail_room;
	struct events_top top;
};

/* True: `a` stands behind `b`. */
static bool
rank_behind(const struct events_rank *a, const struct events_rank *b)
{
	if (a->plays != b->plays)
		return a->plays < b->plays;
	if (a->heard_ms != b->heard_ms)
		return a->heard_ms < b->heard_ms;
	return a->id > b->id;
}

static int
rank_compare(const void *a, const void *b)
{
	return rank_behind(a, b) ? 1 : -1;
}

/* A heap whose first is the one that stands last. */
static void
heap_sink(struct events_rank *heap, size_t count, size_t at)
{
	for (;;) {
		size_t last = at, child = 2 * at + 1;
		struct events_rank kept;

		for (size_t i = child; i < child + 2 && i < count; i++)
			if (rank_behind(&heap[i], &heap[last]))
				last = i;
		if (last == at)
			return;
		kept = heap[at];
		heap[at] = heap[last];
		heap[last] = kept;
		at = last;
	}
}

static void
top_offer(struct events_top *top, uint32_t limit,
	  const struct events_rank *rank)
{
	if (top->count < limit) {
		top->items[top->count++] = *rank;
		for (size_t i = top->count / 2; top->count == limit && i-- > 0;)
			heap_sink(top->items, top->count, i);
		return;
	}
	if (!rank_behind(&top->items[0], rank))
		return;
	top->items[0] = *rank;
	heap_sink(top->items, top->count, 0);
}

static void
top_visit(void *cookie, const struct events_rank *rank)
{
	struct top_read *read = cookie;

	if (rank->plays == 0)
		return;
	read->top.total++;
	top_offer(&read->top, read->limit, rank);
}

/* Whether the sums of this month as a whole are up to date; *run: theirs. */
static enum status
month_whole(struct store_session *session, int32_t month, int64_t *run,
	    bool *whole, struct fault *fault)
{
	int64_t listens;
	enum status status = sqlite_log_month_listens(session, month, &listens,
						      fault);

	*whole = false;
	if (status == STATUS_OK)
		status = sql_query_int(session,
				       "select run from runs where day = $1",
				       SQL_ARGS(SQL_INT(MONTH + month)), run,
				       fault);
	if (status == STATUS_OK)
		*whole = *run == listens;
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* Puts whole months in the place of their days. */
static enum status
runs_shorten(struct store_session *session, const struct events_range *range,
	     struct run *runs, size_t *count, struct fault *fault)
{
	size_t kept = 0;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < *count && status == STATUS_OK; i++) {
		int32_t month = month_of_day(runs[i].day);
		int64_t run = 0;
		bool whole = month_first_day(month) >= range->first_day &&
			     month_first_day(month + 1) - 1 <= range->last_day;

		if (whole)
			status = month_whole(session, month, &run, &whole,
					     fault);
		runs[kept++] = whole ? (struct run){ MONTH + month, run, 0 } :
				       runs[i];
		while (whole && i + 1 < *count &&
		       month_of_day(runs[i + 1].day) == month)
			i++;
	}
	*count = kept;
	return status;
}

static void
top_add_listen(void *cookie, const struct kept_listen *listen)
{
	struct top_read *read = cookie;
	int32_t day = events_day_of(listen->at_ms);
	int64_t things[EVENT_ARTISTS_MAX];
	size_t count;

	if (day < read->range->first_day || day > read->range->last_day)
		return;
	count = things_of(listen, read->kind, things);
	for (size_t i = 0; i < count; i++) {
		if (read->tail_count == read->tail_room) {
			read->tail_room = read->tail_room > 0 ?
						  2 * read->tail_room :
						  256;
			read->tail = mem_grow(read->tail, read->tail_room,
					      sizeof *read->tail);
		}
		read->tail[read->tail_count++] = (struct events_rank){
			things[i], listen->counts, listen->heard_ms
		};
	}
}

static int
id_compare(const void *a, const void *b)
{
	const struct events_rank *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static enum status
top_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct top_read *read = cookie;
	struct arena arena;
	struct run *runs;
	size_t count;
	enum status status;

	read->tail_count = 0;
	read->top.count = 0;
	read->top.total = 0;
	arena_init(&arena);
	status = sqlite_log_runs(session, &arena, read->range, &runs, &count,
				 fault);
	if (status == STATUS_OK)
		status = runs_shorten(session, read->range, runs, &count,
				      fault);
	if (status == STATUS_OK)
		status = sqlite_log_tail(read->mine, session, top_add_listen,
					 read, fault);
	if (read->tail_count > 0)
		qsort(read->tail, read->tail_count, sizeof *read->tail,
		      id_compare);
	if (status == STATUS_OK)
		status = sqlite_log_ranks(session, read->kind, runs, count,
					  read->tail, read->tail_count,
					  top_visit, read, fault);
	arena_release(&arena);
	return status;
}

enum status
sqlite_log_top(struct events_log *log, struct arena *arena,
	       enum events_kind kind, const struct events_range *range,
	       uint32_t limit, struct events_top *out, struct fault *fault)
{
	struct top_read read = {
		.mine = sqlite_log_of(log),
		.arena = arena,
		.kind = kind,
		.range = range,
		.limit = limit,
		.top.items = arena_new(arena, struct events_rank, limit),
	};
	enum status status = store_read(read.mine->store, top_work, &read,
					fault);

	free(read.tail);
	if (status != STATUS_OK)
		return status;
	qsort(read.top.items, read.top.count, sizeof *read.top.items,
	      rank_compare);
	*out = read.top;
	return STATUS_OK;
}

/* ---- listeners ------------------------------------------------------------ */

struct loose_listener {
	int32_t day;
	int64_t listener;
};

struct listeners_read {
	struct sqlite_log *mine;
	enum events_kind kind;
	const int64_t *ids;
	size_t id_count;
	int64_t id; /* whose block is being read */
	const struct events_range *range;
	int32_t window;
	struct events_listeners *out;

	/* Of each listener's number: the day after it was seen last. */
	int32_t *seen;
	size_t seen_room;
	int32_t day; /* being read */
	int32_t *leaving; /* how many are seen last on each day */
	uint32_t within;  /* seen in the window */

	struct arena *arena;
	struct run *runs;
	size_t run_count, next_run;
	struct loose_listener *loose; /* of the tail */
	size_t loose_count, loose_room;
};

static int32_t
first_day_read(const struct listeners_read *read)
{
	return read->range->first_day - read->window + 1;
}

static void
seen_add(struct listeners_read *read, int64_t listener)
{
	const struct events_range *range = read->range;
	int32_t before, offset = read->day - first_day_read(read);
	bool counted = read->day >= range->first_day;

	if (listener < 0 || listener > INT32_MAX)
		return;
	if ((size_t)listener >= read->seen_room) {
		size_t room = (size_t)listener + (size_t)listener / 2 + 1024;

		read->seen = mem_grow(read->seen, room, sizeof *read->seen);
		memset(read->seen + read->seen_room, 0,
		       (room - read->seen_room) * sizeof *read->seen);
		read->seen_room = room;
	}
	/* 0: never; else days since the first one read, plus 1. */
	before = read->seen[listener];
	if (before == offset + 1)
		return; /* in the pack and in the rows */
	read->seen[listener] = offset + 1;
	read->leaving[offset]++;
	if (before > 0 && offset - (before - 1) < read->window)
		read->leaving[before - 1]--;
	else
		read->within++;
	if (!counted)
		return;
	read->out->daily[read->day - range->first_day]++;
	if (before == 0 || before - 1 < read->window - 1)
		read->out->distinct++;
}

static void
seen_add_all(struct listeners_read *read, struct span bytes)
{
	struct set_reader set = { .rest = bytes };
	int64_t listener;

	while (set_next(&set, &listener))
		seen_add(read, listener);
}

static bool
seen_add_block(void *cookie, struct span bytes)
{
	struct listeners_read *read = cookie;
	struct set_block block = { .rest = bytes };

	while (set_block_next(&block) && block.id <= read->id)
		if (block.id == read->id)
			seen_add_all(read, block.listeners);
	return true;
}

/* People who did anything: loose rows, and one set for an old day. */
static enum status
active_of_day(struct store_session *session, struct listeners_read *read,
	      struct fault *fault)
{
	struct store_rows *rows = NULL;
	enum status status;

	status = sql_query(session,
			   "select bytes from active_sets where day = $1",
			   SQL_ARGS(SQL_INT(read->day)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault))
		seen_add_all(read, sql_column_span(rows, 0));
	sql_end(rows);
	rows = NULL;
	if (status == STATUS_OK)
		status = sql_query(session,
				   "select listener from active where day = $1",
				   SQL_ARGS(SQL_INT(read->day)), &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		seen_add(read, sql_column_int(rows, 0));
	sql_end(rows);
	return status;
}

static void
loose_add(struct listeners_read *read, int32_t day, int64_t listener)
{
	if (read->loose_count == read->loose_room) {
		read->loose_room =
			read->loose_room > 0 ? 2 * read->loose_room : 64;
		read->loose = mem_grow(read->loose, read->loose_room,
				       sizeof *read->loose);
	}
	read->loose[read->loose_count++] =
		(struct loose_listener){ day, listener };
}

static void
tail_heard(void *cookie, const struct kept_listen *listen)
{
	struct listeners_read *read = cookie;

	for (size_t i = 0; i < read->id_count && listen->counts &&
			   listen->listener > 0;
	     i++)
		if (listen_about(listen, read->kind, read->ids[i])) {
			loose_add(read, events_day_of(listen->at_ms),
				  listen->listener);
			break;
		}
}

static enum status
listeners_of_day(struct store_session *session, struct listeners_read *read,
		 struct fault *fault)
{
	enum status status = STATUS_OK;

	if (read->kind == EVENTS_ACTIVE)
		return active_of_day(session, read, fault);
	while (read->next_run < read->run_count &&
	       read->runs[read->next_run].day == read->day &&
	       status == STATUS_OK) {
		int64_t run = read->runs[read->next_run++].run;

		for (size_t i = 0;
		     i < read->id_count && status == STATUS_OK; i++) {
			read->id = read->ids[i];
			status = sqlite_log_block_of(
				session, BLOCK_SETS + (int)read->kind,
				read->day, run, read->id, seen_add_block,
				read, fault);
		}
	}
	for (size_t i = 0; i < read->loose_count; i++)
		if (read->loose[i].day == read->day)
			seen_add(read, read->loose[i].listener);
	return status;
}

static void
listeners_reset(struct listeners_read *read, size_t days)
{
	memset(read->out->daily, 0, days * sizeof *read->out->daily);
	memset(read->out->rolling, 0, days * sizeof *read->out->rolling);
	memset(read->leaving, 0,
	       (days + (size_t)read->window) * sizeof *read->leaving);
	if (read->seen_room > 0)
		memset(read->seen, 0, read->seen_room * sizeof *read->seen);
	read->out->distinct = 0;
	read->within = 0;
}

/* What does not depend on the day. */
static enum status
listeners_begin(struct store_session *session, struct listeners_read *read,
		struct fault *fault)
{
	struct events_range range = { first_day_read(read),
				      read->range->last_day };
	enum status status;

	if (read->kind == EVENTS_ACTIVE)
		return STATUS_OK;
	read->next_run = read->loose_count = 0;
	status = sqlite_log_runs(session, read->arena, &range, &read->runs,
				 &read->run_count, fault);
	if (status != STATUS_OK)
		return status;
	return sqlite_log_tail(read->mine, session, tail_heard, read, fault);
}

static enum status
listeners_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct listeners_read *read = cookie;
	const struct events_range *range = read->range;
	int32_t first = first_day_read(read);
	enum status status;

	listeners_reset(read, (size_t)(range->last_day - range->first_day) + 1);
	status = listeners_begin(session, read, fault);
	for (int32_t day = first; day <= range->last_day && status == STATUS_OK;
	     day++) {
		int32_t gone = day - first - read->window;

		if (gone >= 0)
			read->within -= (uint32_t)read->leaving[gone];
		read->day = day;
		status = listeners_of_day(session, read, fault);
		if (day >= range->first_day)
			read->out->rolling[day - range->first_day] =
				read->within;
	}
	return status;
}

enum status
sqlite_log_listeners(struct events_log *log, struct arena *arena,
		     enum events_kind kind, const int64_t *ids,
		     size_t id_count, const struct events_range *range,
		     uint32_t window_days,
		     struct events_listeners *out, struct fault *fault)
{
	size_t days = (size_t)(range->last_day - range->first_day) + 1;
	struct events_listeners listeners = {
		.daily = arena_new(arena, uint32_t, days),
		.rolling = arena_new(arena, uint32_t, days),
	};
	struct listeners_read read = {
		.mine = sqlite_log_of(log),
		.kind = kind,
		.ids = ids,
		.id_count = id_count,
		.range = range,
		.window = (int32_t)window_days,
		.out = &listeners,
		.leaving = arena_new(arena, int32_t, days + window_days),
		.arena = arena,
	};
	enum status status = store_read(sqlite_log_of(log)->store,
					listeners_work, &read, fault);

	free(read.seen);
	free(read.loose);
	if (status == STATUS_OK)
		*out = listeners;
	return status;
}
