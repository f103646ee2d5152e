/* events_sqlite_read.c - blocks and the tail, and the sums in them; see
 * events_sqlite.h. */
#include "driver/events_sqlite.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void *
arena_grown(struct arena *arena, void *items, size_t count, size_t *room,
	    size_t size)
{
	void *larger;

	if (count < *room)
		return items;
	*room = *room > 0 ? 2 * *room : 64;
	larger = arena_alloc_array(arena, *room, size);
	if (count > 0)
		memcpy(larger, items, count * size);
	return larger;
}

/* ---- runs, blocks, tail --------------------------------------------------- */

enum status
sqlite_log_runs(struct store_session *session, struct arena *arena,
		const struct events_range *range, struct run **out,
		size_t *count, struct fault *fault)
{
	struct store_rows *rows = NULL;
	struct run *runs = NULL;
	size_t filled = 0, room = 0;
	enum status status;

	status = sql_query(session,
			   "select day, run, listens from runs "
			   "where day between $1 and $2 order by day, run",
			   SQL_ARGS(SQL_INT(range->first_day),
				    SQL_INT(range->last_day)),
			   &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		runs = arena_grown(arena, runs, filled, &room, sizeof *runs);
		runs[filled++] = (struct run){ (int32_t)sql_column_int(rows, 0),
					       sql_column_int(rows, 1),
					       sql_column_int(rows, 2) };
	}
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = runs;
		*count = filled;
	}
	return status;
}

static enum status
blocks_visit(struct store_session *session, const char *sql,
	     const struct sql_value *args, size_t count, block_visit *visit,
	     void *cookie, struct fault *fault)
{
	struct store_rows *rows = NULL;
	bool more = true;
	enum status status = sql_query(session, sql, args, count, &rows, fault);

	while (status == STATUS_OK && more && sql_next(rows, &status, fault))
		more = visit(cookie, sql_column_span(rows, 0));
	sql_end(rows);
	return status;
}

enum status
sqlite_log_blocks(struct store_session *session, int kind, int32_t day,
		  int64_t run, block_visit *visit, void *cookie,
		  struct fault *fault)
{
	return blocks_visit(session,
			    "select bytes from blocks where kind = $1 and "
			    "day = $2 and run = $3 order by first",
			    SQL_ARGS(SQL_INT(kind), SQL_INT(day), SQL_INT(run)),
			    visit, cookie, fault);
}

enum status
sqlite_log_block_of(struct store_session *session, int kind, int32_t day,
		    int64_t run, int64_t id, block_visit *visit, void *cookie,
		    struct fault *fault)
{
	return blocks_visit(session,
			    "select bytes from blocks where kind = $1 and "
			    "day = $2 and run = $3 and first <= $4 "
			    "order by first desc limit 1",
			    SQL_ARGS(SQL_INT(kind), SQL_INT(day), SQL_INT(run),
				     SQL_INT(id)),
			    visit, cookie, fault);
}

/* ---- the tail ------------------------------------------------------------- */

struct tail_view { /* what a session sees */
	int64_t packed, seq;
};

static enum status
tail_view(struct store_session *session, struct tail_view *out,
	  struct fault *fault)
{
	enum status status;

	status = sql_query_int(session,
			       "select value from about where key = 'packed'",
			       SQL_NO_ARGS, &out->packed, fault);
	if (status == STATUS_OK)
		status = sql_query_int(session,
				       "select value from about "
				       "where key = 'seq'",
				       SQL_NO_ARGS, &out->seq, fault);
	return status;
}

/* The listens of the tail behind `after_seq`. A row holds those of one group,
 * which are all packed or none. */
static enum status
tail_decode(struct store_session *session, int64_t after_seq,
	    listen_visit *visit, void *cookie, struct fault *fault)
{
	struct store_rows *rows = NULL;
	enum status status;

	status = sql_query(session,
			   "select seq, bytes from tail where seq > $1 "
			   "order by seq",
			   SQL_ARGS(SQL_INT(after_seq)), &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct span bytes = sql_column_span(rows, 1);
		struct kept_listen listen;

		while (unpack_listen(&bytes, &listen, 0,
				     sql_column_int(rows, 0)))
			visit(cookie, &listen);
	}
	sql_end(rows);
	return status;
}

static void
tail_keep(void *cookie, const struct kept_listen *listen)
{
	struct sqlite_log *mine = cookie;

	if (mine->tail_count == mine->tail_room) {
		mine->tail_room =
			mine->tail_room > 0 ? 2 * mine->tail_room : 256;
		mine->tail = mem_grow(mine->tail, mine->tail_room,
				      sizeof *mine->tail);
	}
	mine->tail[mine->tail_count++] = *listen;
}

/* Brings what is decoded up to what the session sees. False: the session is
 * behind it. Under lock. */
static bool
tail_follow(struct sqlite_log *mine, struct store_session *session,
	    const struct tail_view *view, enum status *status,
	    struct fault *fault)
{
	size_t gone = 0;

	if (view->packed < mine->tail_packed || view->seq < mine->tail_seq)
		return false;
	while (gone < mine->tail_count && mine->tail[gone].seq <= view->packed)
		gone++;
	mine->tail_count -= gone;
	if (gone > 0)
		memmove(mine->tail, mine->tail + gone,
			mine->tail_count * sizeof *mine->tail);
	mine->tail_packed = view->packed;
	if (mine->tail_seq < view->packed)
		mine->tail_seq = view->packed;
	*status = tail_decode(session, mine->tail_seq, tail_keep, mine, fault);
	if (*status == STATUS_OK)
		mine->tail_seq = view->seq;
	else
		while (mine->tail_count > 0 &&
		       mine->tail[mine->tail_count - 1].seq > mine->tail_seq)
			mine->tail_count--;
	return true;
}

enum status
sqlite_log_tail(struct sqlite_log *mine, struct store_session *session,
		listen_visit *visit, void *cookie, struct fault *fault)
{
	struct tail_view view;
	bool kept;
	enum status status = tail_view(session, &view, fault);

	if (status != STATUS_OK || view.seq == view.packed)
		return status;
	pthread_mutex_lock(&mine->tail_lock);
	kept = tail_follow(mine, session, &view, &status, fault);
	for (size_t i = 0; kept && status == STATUS_OK && i < mine->tail_count;
	     i++)
		visit(cookie, &mine->tail[i]);
	pthread_mutex_unlock(&mine->tail_lock);
	return kept ? status : tail_decode(session, 0, visit, cookie, fault);
}

enum status
sqlite_log_words(struct store_session *session, struct arena *arena,
		 const char ***out, size_t *count, struct fault *fault)
{
	const char **words = arena_new(arena, const char *, 1);
	struct store_rows *rows = NULL;
	size_t filled = 1, room = 1;
	enum status status;

	status = sql_query(session,
			   "select number, word from words order by number",
			   SQL_NO_ARGS, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		size_t number = (size_t)sql_column_int(rows, 0);

		while (filled <= number) {
			words = arena_grown(arena, words, filled, &room,
					    sizeof *words);
			words[filled++] = NULL;
		}
		words[number] = sql_column_text(rows, 1, arena);
	}
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = words;
		*count = filled;
	}
	return status;
}

static bool
kind_has_word(enum events_kind kind)
{
	return kind == EVENTS_PLATFORM || kind == EVENTS_DEVICE ||
	       kind == EVENTS_CLIENT || kind == EVENTS_COUNTRY;
}

/* ---- sums ----------------------------------------------------------------- */

struct sums_read {
	struct sqlite_log *mine;
	struct arena *arena;
	enum events_kind kind;
	int64_t id;  /* asked for; EVENTS_EVERY */
	int64_t own; /* as kept: of a person, the number */
	const struct events_range *range;
	struct kept_sum *kept;
	size_t kept_count, kept_room;
	int32_t day; /* of the block being read */
	struct events_sum *items;
	size_t count;
};

static void
kept_add(struct sums_read *read, const struct kept_sum *sum)
{
	if (read->kept_count == read->kept_room) {
		read->kept_room =
			read->kept_room > 0 ? 2 * read->kept_room : 256;
		read->kept = mem_grow(read->kept, read->kept_room,
				      sizeof *read->kept);
	}
	read->kept[read->kept_count++] = *sum;
}

static bool
sums_add_block(void *cookie, struct span bytes)
{
	struct sums_read *read = cookie;
	struct kept_sum sum = { .day = read->day };
	struct sum_block block;

	if (!sum_block_open(&block, bytes))
		return true;
	while (sum_block_next(&block, &sum) &&
	       (read->own == EVENTS_EVERY || sum.id <= read->own))
		if (read->own == EVENTS_EVERY || sum.id == read->own)
			kept_add(read, &sum);
	return true;
}

static void
sums_add_listen(void *cookie, const struct kept_listen *listen)
{
	struct sums_read *read = cookie;
	int64_t things[EVENT_ARTISTS_MAX];
	struct kept_sum sum = { .day = events_day_of(listen->at_ms) };
	size_t count;

	if (sum.day < read->range->first_day || sum.day > read->range->last_day)
		return;
	count = things_of(listen, read->kind, things);
	for (size_t i = 0; i < count; i++) {
		if (read->own != EVENTS_EVERY && things[i] != read->own)
			continue;
		sum.id = things[i];
		sum.part = kind_has_parts(read->kind) ? (int32_t)listen->source :
							0;
		sum_of_listen(&sum, listen);
		kept_add(read, &sum);
	}
}

static enum status
sums_read_runs(struct store_session *session, struct sums_read *read,
	       struct fault *fault)
{
	int kind = BLOCK_SUMS + (int)read->kind;
	struct run *runs;
	size_t count;
	enum status status = sqlite_log_runs(session, read->arena, read->range,
					     &runs, &count, fault);

	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		read->day = runs[i].day;
		status = read->own == EVENTS_EVERY ?
				 sqlite_log_blocks(session, kind, runs[i].day,
						   runs[i].run, sums_add_block,
						   read, fault) :
				 sqlite_log_block_of(session, kind,
						     runs[i].day, runs[i].run,
						     read->own, sums_add_block,
						     read, fault);
	}
	return status;
}

static enum status
sums_give(struct store_session *session, struct sums_read *read,
	  struct fault *fault)
{
	const char **words = NULL;
	size_t word_count = 0;
	enum status status = STATUS_OK;

	if (kind_has_word(read->kind))
		status = sqlite_log_words(session, read->arena, &words,
					  &word_count, fault);
	if (status != STATUS_OK)
		return status;
	read->count = sums_merge(read->kept, read->kept_count);
	read->items = arena_new(read->arena, struct events_sum,
				read->count + 1);
	for (size_t i = 0; i < read->count; i++) {
		const struct kept_sum *sum = &read->kept[i];
		bool word = (size_t)sum->id < word_count;

		read->items[i] = (struct events_sum){
			.day = sum->day,
			.part = sum->part,
			.id = words != NULL ? 0 :
			      read->kind == EVENTS_USER ? read->id :
							  sum->id,
			.word = word ? words[sum->id] : NULL,
			.plays = sum->columns[SUM_PLAYS],
			.starts = sum->columns[SUM_STARTS],
			.completes = sum->columns[SUM_COMPLETES],
			.skips = sum->columns[SUM_SKIPS],
			.heard_ms = sum->columns[SUM_HEARD],
		};
	}
	return STATUS_OK;
}

static enum status
sums_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct sums_read *read = cookie;
	enum status status = STATUS_OK;

	read->kept_count = read->count = 0;
	read->own = kind_has_word(read->kind) ? EVENTS_EVERY : read->id;
	if (read->kind == EVENTS_USER) {
		status = sqlite_log_listener(session, read->id, 0, &read->own,
					     fault);
		if (status != STATUS_OK || read->own == 0)
			return status;
	}
	status = sums_read_runs(session, read, fault);
	if (status == STATUS_OK)
		status = sqlite_log_tail(read->mine, session, sums_add_listen,
					 read, fault);
	return status == STATUS_OK ? sums_give(session, read, fault) : status;
}

enum status
sqlite_log_sums(struct events_log *log, struct arena *arena,
		enum events_kind kind, int64_t id,
		const struct events_range *range, struct events_sum **out,
		size_t *count, struct fault *fault)
{
	struct sums_read read = { .mine = sqlite_log_of(log),
				  .arena = arena,
				  .kind = kind,
				  .id = id,
				  .range = range };
	enum status status = store_read(sqlite_log_of(log)->store, sums_work,
					&read, fault);

	free(read.kept);
	if (status == STATUS_OK) {
		*out = read.items;
		*count = read.count;
	}
	return status;
}

/* ---- sums of many things over a range ------------------------------------- */

struct wanted {
	int64_t id;
	size_t at; /* in the caller's order */
	struct kept_sum sum;
};

struct totals_read {
	struct sqlite_log *mine;
	enum events_kind kind;
	const struct events_range *range;
	struct wanted *wanted; /* in order of ids */
	size_t count;
	size_t next; /* of a run, not yet looked for */
};

static int
wanted_compare(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* Takes all that is wanted out of a block, from wanted[next] on. */
static bool
totals_add_block(void *cookie, struct span bytes)
{
	struct totals_read *read = cookie;
	struct kept_sum sum;
	struct sum_block block;
	size_t at = read->next;

	if (!sum_block_open(&block, bytes))
		return true;
	while (at < read->count && sum_block_next(&block, &sum)) {
		while (at < read->count && read->wanted[at].id < sum.id)
			at++;
		for (size_t i = at;
		     i < read->count && read->wanted[i].id == sum.id; i++)
			sum_add(&read->wanted[i].sum, &sum);
	}
	/* Ids up to the last one of the block are done. */
	while (at < read->count && read->wanted[at].id <= block.id)
		at++;
	if (at > read->next)
		read->next = at;
	return true;
}

static enum status
totals_add_run(struct store_session *session, struct totals_read *read,
	       const struct run *run, struct fault *fault)
{
	enum status status = STATUS_OK;

	read->next = 0;
	while (read->next < read->count && status == STATUS_OK) {
		size_t before = read->next;

		status = sqlite_log_block_of(session,
					     BLOCK_SUMS + (int)read->kind,
					     run->day, run->run,
					     read->wanted[before].id,
					     totals_add_block, read, fault);
		if (read->next == before)
			read->next++; /* before all, or between blocks */
	}
	return status;
}

/* The first of those that want `id` or something behind it. */
static size_t
wanted_first(const struct totals_read *read, int64_t id)
{
	size_t low = 0, high = read->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (read->wanted[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
totals_add_listen(void *cookie, const struct kept_listen *listen)
{
	struct totals_read *read = cookie;
	int32_t day = events_day_of(listen->at_ms);
	int64_t things[EVENT_ARTISTS_MAX];
	struct kept_sum sum;
	size_t count;

	if (day < read->range->first_day || day > read->range->last_day)
		return;
	sum_of_listen(&sum, listen);
	count = things_of(listen, read->kind, things);
	for (size_t k = 0; k < count; k++)
		for (size_t i = wanted_first(read, things[k]);
		     i < read->count && read->wanted[i].id == things[k]; i++)
			sum_add(&read->wanted[i].sum, &sum);
}

static enum status
totals_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct totals_read *read = cookie;
	struct arena arena;
	struct run *runs;
	size_t count;
	enum status status;

	for (size_t i = 0; i < read->count; i++)
		read->wanted[i].sum = (struct kept_sum){ 0 };
	arena_init(&arena);
	status = sqlite_log_runs(session, &arena, read->range, &runs, &count,
				 fault);
	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		status = totals_add_run(session, read, &runs[i], fault);
	if (status == STATUS_OK)
		status = sqlite_log_tail(read->mine, session,
					 totals_add_listen, read, fault);
	arena_release(&arena);
	return status;
}

enum status
sqlite_log_totals(struct events_log *log, struct arena *arena,
		  enum events_kind kind, const int64_t *ids, size_t count,
		  const struct events_range *range, struct events_sum **out,
		  struct fault *fault)
{
	struct events_sum *totals =
		arena_new(arena, struct events_sum, count + 1);
	struct totals_read read = {
		.mine = sqlite_log_of(log),
		.kind = kind,
		.range = range,
		.wanted = arena_new(arena, struct wanted, count + 1),
		.count = count,
	};
	enum status status;

	for (size_t i = 0; i < count; i++)
		read.wanted[i] = (struct wanted){ .id = ids[i], .at = i };
	qsort(read.wanted, count, sizeof *read.wanted, wanted_compare);
	status = store_read(sqlite_log_of(log)->store, totals_work, &read,
			    fault);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count; i++) {
		const int64_t *columns = read.wanted[i].sum.columns;

		totals[read.wanted[i].at] = (struct events_sum){
			.id = read.wanted[i].id,
			.plays = columns[SUM_PLAYS],
			.starts = columns[SUM_STARTS],
			.completes = columns[SUM_COMPLETES],
			.skips = columns[SUM_SKIPS],
			.heard_ms = columns[SUM_HEARD],
		};
	}
	*out = totals;
	return STATUS_OK;
}

/* ---- other counts --------------------------------------------------------- */

struct counts_read {
	struct arena *arena;
	enum events_count_kind kind;
	const struct events_range *range;
	struct events_count *items;
	size_t count, room;
};

static enum status
counts_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct counts_read *read = cookie;
	bool words = read->kind == EVENTS_ACTIONS;
	struct store_rows *rows = NULL;
	enum status status;

	read->items = NULL;
	read->count = read->room = 0;
	status = sql_query(session,
			   "select c.day, c.id, w.word, c.count from counts c "
			   "left join words w on w.number = c.id "
			   "where c.day between $1 and $2 and c.kind = $3 "
			   "order by c.day, c.id",
			   SQL_ARGS(SQL_INT(read->range->first_day),
				    SQL_INT(read->range->last_day),
				    SQL_INT(read->kind)),
			   &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		read->items = arena_grown(read->arena, read->items, read->count,
					  &read->room, sizeof *read->items);
		read->items[read->count++] = (struct events_count){
			.day = (int32_t)sql_column_int(rows, 0),
			.id = words ? 0 : sql_column_int(rows, 1),
			.word = words ? sql_column_text(rows, 2, read->arena) :
					NULL,
			.count = sql_column_int(rows, 3),
		};
	}
	sql_end(rows);
	return status;
}

enum status
sqlite_log_counts(struct events_log *log, struct arena *arena,
		  enum events_count_kind kind, const struct events_range *range,
		  struct events_count **out, size_t *count,
		  struct fault *fault)
{
	struct counts_read read = { .arena = arena,
				    .kind = kind,
				    .range = range };
	enum status status = store_read(sqlite_log_of(log)->store, counts_work,
					&read, fault);

	if (status == STATUS_OK) {
		*out = read.items;
		*count = read.count;
	}
	return status;
}

struct queries_read {
	struct arena *arena;
	const struct events_range *range;
	uint32_t limit;
	struct events_query_rank *items;
	size_t count;
};

static enum status
queries_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct queries_read *read = cookie;
	struct store_rows *rows = NULL;
	enum status status;

	read->count = 0;
	status = sql_query(session,
			   "select query, sum(count), sum(empty) from queries "
			   "where day between $1 and $2 group by query "
			   "order by 2 desc, 1 limit $3",
			   SQL_ARGS(SQL_INT(read->range->first_day),
				    SQL_INT(read->range->last_day),
				    SQL_INT(read->limit)),
			   &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		read->items[read->count++] = (struct events_query_rank){
			.text = sql_column_text(rows, 0, read->arena),
			.count = sql_column_int(rows, 1),
			.empty = sql_column_int(rows, 2),
		};
	sql_end(rows);
	return status;
}

enum status
sqlite_log_queries(struct events_log *log, struct arena *arena,
		   const struct events_range *range, uint32_t limit,
		   struct events_query_rank **out, size_t *count,
		   struct fault *fault)
{
	struct queries_read read = {
		.arena = arena,
		.range = range,
		.limit = limit,
		.items = arena_new(arena, struct events_query_rank,
				   limit + 1),
	};
	enum status status = store_read(sqlite_log_of(log)->store,
					queries_work, &read, fault);

	if (status == STATUS_OK) {
		*out = read.items;
		*count = read.count;
	}
	return status;
}

/* ---- the log as a whole --------------------------------------------------- */

struct state_read {
	struct sqlite_log *mine;
	struct events_state state;
};

static void
state_add_listen(void *cookie, const struct kept_listen *listen)
{
	struct events_state *out = cookie;
	int32_t day = events_day_of(listen->at_ms);
	bool none = out->last_day < out->first_day;

	out->listens++;
	if (none || day < out->first_day)
		out->first_day = day;
	if (none || day > out->last_day)
		out->last_day = day;
}

static enum status
state_days(struct store_session *session, struct events_state *out,
	   struct fault *fault)
{
	struct store_rows *rows = NULL;
	enum status status;

	status = sql_query(session,
			   "select min(day), max(day), "
			   "coalesce(sum(listens) filter (where day >= "
			   "(select value from about where key = 'raw_from')),"
			   " 0) from runs where day < $1",
			   SQL_ARGS(SQL_INT(MONTH)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault) &&
	    !sql_column_null(rows, 0)) {
		out->first_day = (int32_t)sql_column_int(rows, 0);
		out->last_day = (int32_t)sql_column_int(rows, 1);
		out->listens = sql_column_int(rows, 2);
	}
	sql_end(rows);
	return status;
}

static enum status
state_plays(struct store_session *session, struct events_state *out,
	    struct fault *fault)
{
	struct store_rows *rows = NULL;
	enum status status = sql_query(session, "select bytes from plays",
				       SQL_NO_ARGS, &rows, fault);

	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct span bytes = sql_column_span(rows, 0);
		uint64_t number;
		int64_t numbers = 0;

		while (unpack_number(&bytes, &number))
			numbers++;
		out->plays_waiting += numbers / 4;
	}
	sql_end(rows);
	return status;
}

static enum status
state_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct state_read *read = cookie;
	struct events_state *out = &read->state;
	enum status status;

	*out = (struct events_state){ .last_day = -1 };
	status = sql_query_int(session,
			       "select value from about where key = 'seq'",
			       SQL_NO_ARGS, &out->seq, fault);
	if (status == STATUS_OK)
		status = sql_query_int(session,
				       "select value from about "
				       "where key = 'log'",
				       SQL_NO_ARGS, &out->log_id, fault);
	if (status == STATUS_OK)
		status = state_days(session, out, fault);
	if (status == STATUS_OK)
		status = sqlite_log_tail(read->mine, session, state_add_listen,
					 out, fault);
	if (status == STATUS_OK)
		status = state_plays(session, out, fault);
	return status;
}

enum status
sqlite_log_state(struct events_log *log, struct events_state *out,
		 struct fault *fault)
{
	struct sqlite_log *mine = sqlite_log_of(log);
	struct state_read read = { .mine = mine };
	enum status status = store_read(mine->store, state_work, &read, fault);
	struct stat facts;

	if (status != STATUS_OK)
		return status;
	if (stat(mine->path, &facts) == 0)
		read.state.size_bytes = facts.st_size;
	*out = read.state;
	return STATUS_OK;
}
