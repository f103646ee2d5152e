/* events_sqlite_tidy.c - retention, marks, forgetting, recounting; see
 * events_sqlite.h.
 *
 * Every step is one short transaction, so that appends wait for milliseconds at
 * most. */
#include "driver/events_sqlite.h"

#include <stdlib.h>
#include <string.h>

#define STEP_ROWS 5000

/* ---- who was active ------------------------------------------------------- */

struct active_step {
	int32_t today;
	bool found;
};

struct numbers {
	int64_t *items;
	size_t count, room;
};

static void
numbers_add(struct numbers *numbers, int64_t number)
{
	if (numbers->count == numbers->room) {
		numbers->room = numbers->room > 0 ? 2 * numbers->room : 256;
		numbers->items = mem_grow(numbers->items, numbers->room,
					  sizeof *numbers->items);
	}
	numbers->items[numbers->count++] = number;
}

static void
numbers_add_set(struct numbers *numbers, struct span bytes)
{
	struct set_reader set = { .rest = bytes };
	int64_t number;

	while (set_next(&set, &number))
		numbers_add(numbers, number);
}

static int
number_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void
numbers_unique(struct numbers *numbers)
{
	size_t kept = 0;

	if (numbers->count > 0)
		qsort(numbers->items, numbers->count, sizeof *numbers->items,
		      number_compare);
	for (size_t i = 0; i < numbers->count; i++)
		if (kept == 0 || numbers->items[i] != numbers->items[kept - 1])
			numbers->items[kept++] = numbers->items[i];
	numbers->count = kept;
}

/* The rows and the set of a day together. */
static enum status
active_read(struct store_session *session, int64_t day, struct numbers *out,
	    struct fault *fault)
{
	struct store_rows *rows = NULL;
	enum status status;

	status = sql_query(session,
			   "select bytes from active_sets where day = $1",
			   SQL_ARGS(SQL_INT(day)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault))
		numbers_add_set(out, sql_column_span(rows, 0));
	sql_end(rows);
	rows = NULL;
	if (status == STATUS_OK)
		status = sql_query(session,
				   "select listener from active where day = $1",
				   SQL_ARGS(SQL_INT(day)), &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		numbers_add(out, sql_column_int(rows, 0));
	sql_end(rows);
	numbers_unique(out);
	return status;
}

static enum status
active_write(struct store_session *session, int64_t day,
	     const struct numbers *numbers, struct fault *fault)
{
	struct buffer bytes;
	int64_t before = 0;
	enum status status;

	buffer_init(&bytes, 0);
	for (size_t i = 0; i < numbers->count; i++) {
		pack_number(&bytes, (uint64_t)(numbers->items[i] - before));
		before = numbers->items[i];
	}
	status = sql_exec(session,
			  "insert into active_sets values ($1, $2) "
			  "on conflict (day) do update "
			  "set bytes = excluded.bytes",
			  SQL_ARGS(SQL_INT(day),
				   sql_bytes(bytes.bytes, bytes.length)),
			  NULL, fault);
	buffer_release(&bytes);
	if (status == STATUS_OK)
		status = sql_exec(session, "delete from active where day = $1",
				  SQL_ARGS(SQL_INT(day)), NULL, fault);
	return status;
}

static enum status
active_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct active_step *step = cookie;
	struct numbers numbers = { 0 };
	int64_t day;
	enum status status;

	step->found = false;
	status = sql_query_int(session,
			       "select day from active where day < $1 "
			       "order by day limit 1",
			       SQL_ARGS(SQL_INT(step->today)), &day, fault);
	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	step->found = true;
	status = active_read(session, day, &numbers, fault);
	if (status == STATUS_OK)
		status = active_write(session, day, &numbers, fault);
	free(numbers.items);
	return status;
}

/* ---- retention ------------------------------------------------------------ */

struct retention {
	struct sqlite_log *mine;
	int64_t now_ms;
	int64_t removed;
};

/* The oldest rows of a log whose numbers grow with time. */
static enum status
log_trim(struct store_session *session, struct retention *retention,
	 const char *sql, uint32_t keep_days, struct fault *fault)
{
	int64_t removed = 0;
	int64_t before_ms = (events_day_of(retention->now_ms) -
			     (int64_t)keep_days) *
			    DAY_MS;
	enum status status = sql_exec(session, sql,
				      SQL_ARGS(SQL_INT(before_ms),
					       SQL_INT(STEP_ROWS)),
				      &removed, fault);

	retention->removed += removed;
	return status;
}

#define TRIM(table)                                                       \
	"delete from " table " where seq in (select seq from (select seq, " \
	"at from " table " order by seq limit $2) where at < $1)"

static enum status
trim_logs_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct retention *retention = cookie;
	const struct events_settings *keep = &retention->mine->settings;
	enum status status;

	retention->removed = 0;
	status = log_trim(session, retention, TRIM("requests"),
			  keep->keep_requests_days, fault);
	if (status == STATUS_OK)
		status = log_trim(session, retention, TRIM("searches"),
				  keep->keep_searches_days, fault);
	if (status == STATUS_OK)
		status = log_trim(session, retention, TRIM("activities"),
				  keep->keep_activity_days, fault);
	if (status == STATUS_OK)
		status = sql_exec(session, "delete from queries where day < $1",
				  SQL_ARGS(SQL_INT(
					  events_day_of(retention->now_ms) -
					  (int64_t)keep->keep_searches_days)),
				  NULL, fault);
	if (status == STATUS_OK)
		status = sqlite_log_marks_trim(session, fault);
	return status;
}

/* Part of the listens that are past their time; sums stay. */
static enum status
trim_listens_work(struct store_session *session, void *cookie,
		  struct fault *fault)
{
	struct retention *retention = cookie;
	int32_t first_kept = events_day_of(retention->now_ms) -
			     (int32_t)retention->mine->settings
				     .keep_listens_days;
	int64_t removed = 0;
	enum status status;

	status = sql_exec(session,
			  "update about set value = $1 "
			  "where key = 'raw_from' and value < $1",
			  SQL_ARGS(SQL_INT(first_kept)), NULL, fault);
	if (status == STATUS_OK)
		status = sql_exec(session,
				  "delete from blocks where number in "
				  "(select number from blocks where kind = $1 "
				  "and day < $2 limit $3)",
				  SQL_ARGS(SQL_INT(BLOCK_LISTENS),
					   SQL_INT(first_kept),
					   SQL_INT(STEP_ROWS)),
				  &removed, fault);
	retention->removed = removed;
	return status;
}

/* Keys of reports so old that they would be refused anyway. */
#define KEYS_KEEP_DAYS 40

static enum status
trim_keys_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct retention *retention = cookie;
	int64_t removed = 0;
	enum status status;

	status = sql_exec(session,
			  "delete from keys where key in (select key from keys "
			  "where day < $1 limit $2)",
			  SQL_ARGS(SQL_INT(events_day_of(retention->now_ms) -
					   KEYS_KEEP_DAYS),
				   SQL_INT(STEP_ROWS)),
			  &removed, fault);
	retention->removed = removed;
	return status;
}

static enum status
trim_one(struct sqlite_log *mine, int64_t now_ms, bool *more,
	 struct fault *fault)
{
	struct retention retention = { .mine = mine, .now_ms = now_ms };
	int32_t today = events_day_of(now_ms);
	enum status status;

	status = store_write(mine->store, trim_logs_work, &retention, fault);
	*more = *more || retention.removed > 0;
	if (status == STATUS_OK && mine->settings.keep_listens_days > 0) {
		status = store_write(mine->store, trim_listens_work, &retention,
				     fault);
		*more = *more || retention.removed > 0;
	}
	if (status != STATUS_OK || atomic_load(&mine->keys_tidied_day) == today)
		return status;
	status = store_write(mine->store, trim_keys_work, &retention, fault);
	if (status == STATUS_OK && retention.removed == 0)
		atomic_store(&mine->keys_tidied_day, today);
	*more = *more || retention.removed > 0;
	return status;
}

/* Marks of a log that is older than they are. */
#define STEP_MARKS 8

static enum status
marks_work(struct store_session *session, void *cookie, struct fault *fault)
{
	enum status status = STATUS_OK;
	bool *more = cookie;

	for (int i = 0; i < MARKED_LOGS && status == STATUS_OK; i++)
		status = sqlite_log_mark(session, (enum marked_log)i,
					 STEP_MARKS, more, fault);
	return status;
}

static enum status
active_one(struct sqlite_log *mine, int32_t today, bool *more,
	   struct fault *fault)
{
	struct active_step step = { .today = today };
	enum status status = store_write(mine->store, active_work, &step,
					 fault);

	*more = *more || step.found;
	return status;
}

enum status
sqlite_log_tidy(struct events_log *log, int64_t now_ms, bool *more,
		struct fault *fault)
{
	struct sqlite_log *mine = sqlite_log_of(log);
	int32_t today = events_day_of(now_ms);
	bool left = false;
	enum status status = sqlite_log_join(mine, today, &left, fault);

	if (status == STATUS_OK)
		status = active_one(mine, today, &left, fault);
	if (status == STATUS_OK)
		status = trim_one(mine, now_ms, &left, fault);
	if (status == STATUS_OK)
		status = store_write(mine->store, marks_work, &left, fault);
	if (status == STATUS_OK)
		*more = left;
	return status;
}

/* ---- forgetting ----------------------------------------------------------- */

struct forgetting {
	int64_t user_id, listener;
};

static enum status
queries_uncount(struct store_session *session, int64_t listener,
		struct fault *fault)
{
	return sql_exec(
		session,
		"update queries set count = count - mine.n, "
		"empty = empty - mine.e from (select at / 86400000 as day, "
		"query, count(*) as n, sum(results = 0) as e from searches "
		"where listener = $1 and clicked is null group by 1, 2) mine "
		"where queries.day = mine.day and queries.query = mine.query",
		SQL_ARGS(SQL_INT(listener)), NULL, fault);
}

static enum status
forget_work(struct store_session *session, void *cookie, struct fault *fault)
{
	static const char *const steps[] = {
		"delete from searches where listener = $1",
		"delete from activities where listener = $1",
		("update requests set address = null, client = null "
		 "where listener = $1"),
		"update people set user_id = null where number = $1",
	};
	struct forgetting *forgetting = cookie;
	enum status status;

	status = sqlite_log_listener(session, forgetting->user_id, 0,
				     &forgetting->listener, fault);
	if (status != STATUS_OK || forgetting->listener == 0)
		return status;
	status = queries_uncount(session, forgetting->listener, fault);
	if (status == STATUS_OK)
		status = sql_exec(session,
				  "delete from queries where count <= 0",
				  SQL_NO_ARGS, NULL, fault);
	for (size_t i = 0; i < ARRAY_LENGTH(steps) && status == STATUS_OK; i++)
		status = sql_exec(session, steps[i],
				  SQL_ARGS(SQL_INT(forgetting->listener)), NULL,
				  fault);
	return status;
}

/* Nobody appends meanwhile: the numbers of people are remembered there. */
enum status
sqlite_log_forget_user(struct events_log *log, int64_t user_id,
		       struct fault *fault)
{
	struct sqlite_log *mine = sqlite_log_of(log);
	struct forgetting forgetting = { .user_id = user_id };
	enum status status;

	sqlite_log_alone(mine);
	status = store_write(mine->store, forget_work, &forgetting, fault);
	number_map_clear(&mine->people);
	sqlite_log_leave(mine);
	return status;
}

/* ---- recounting ----------------------------------------------------------- */

/* All listens of one day, and what is kept of them. */
struct recount {
	int32_t day;
	struct kept_listen *listens; /* of the runs */
	size_t count, room;
	enum events_kind kind;
	struct kept_sum *sums; /* in the blocks */
	size_t sum_count, sum_room;
	struct numbers *set; /* of the thing `id`, in the blocks */
	int64_t id;
};

static bool
recount_listens(void *cookie, struct span bytes)
{
	struct recount *recount = cookie;
	struct kept_listen listen;

	while (unpack_listen(&bytes, &listen, (int64_t)recount->day * DAY_MS,
			     0)) {
		if (recount->count == recount->room) {
			recount->room =
				recount->room > 0 ? 2 * recount->room : 1024;
			recount->listens = mem_grow(recount->listens,
						    recount->room,
						    sizeof *recount->listens);
		}
		recount->listens[recount->count++] = listen;
	}
	return true;
}

static void
recount_add_sum(struct recount *recount, const struct kept_sum *sum)
{
	if (recount->sum_count == recount->sum_room) {
		recount->sum_room =
			recount->sum_room > 0 ? 2 * recount->sum_room : 1024;
		recount->sums = mem_grow(recount->sums, recount->sum_room,
					 sizeof *recount->sums);
	}
	recount->sums[recount->sum_count++] = *sum;
}

static bool
recount_sums(void *cookie, struct span bytes)
{
	struct recount *recount = cookie;
	struct kept_sum sum = { 0 };
	struct sum_block block;

	if (sum_block_open(&block, bytes))
		while (sum_block_next(&block, &sum))
			recount_add_sum(recount, &sum);
	return true;
}

/* Takes what the listens say off what is kept: zeros must be left. */
static void
recount_subtract(struct recount *recount)
{
	for (size_t i = 0; i < recount->count; i++) {
		const struct kept_listen *listen = &recount->listens[i];
		int64_t things[EVENT_ARTISTS_MAX];
		size_t found = things_of(listen, recount->kind, things);

		for (size_t k = 0; k < found; k++) {
			struct kept_sum sum = {
				.id = things[k],
				.part = kind_has_parts(recount->kind) ?
						(int32_t)listen->source :
						0,
			};

			sum_of_listen(&sum, listen);
			for (int c = 0; c < SUM_COLUMNS; c++)
				sum.columns[c] = -sum.columns[c];
			recount_add_sum(recount, &sum);
		}
	}
}

static enum status
check_sums(struct store_session *session, struct recount *recount,
	   const struct run *runs, size_t run_count, struct fault *fault)
{
	enum status status = STATUS_OK;

	recount->sum_count = 0;
	for (size_t i = 0; i < run_count && status == STATUS_OK; i++)
		status = sqlite_log_blocks(session,
					   BLOCK_SUMS + (int)recount->kind,
					   recount->day, runs[i].run,
					   recount_sums, recount, fault);
	if (status != STATUS_OK)
		return status;
	recount_subtract(recount);
	recount->sum_count = sums_merge(recount->sums, recount->sum_count);
	for (size_t i = 0; i < recount->sum_count; i++)
		for (int c = 0; c < SUM_COLUMNS; c++)
			if (recount->sums[i].columns[c] != 0)
				return fault_field(
					fault, STATUS_CORRUPT, "events",
					"day %d: sum %d of kind %d, id %lld is "
					"%lld off",
					(int)recount->day, c,
					(int)recount->kind,
					(long long)recount->sums[i].id,
					(long long)recount->sums[i].columns[c]);
	return STATUS_OK;
}

static bool
recount_set(void *cookie, struct span bytes)
{
	struct recount *recount = cookie;
	struct set_block block = { .rest = bytes };

	while (set_block_next(&block))
		if (block.id == recount->id)
			numbers_add_set(recount->set, block.listeners);
	return true;
}

/* The set of one thing, as the blocks and as the listens have it. */
static enum status
check_set(struct store_session *session, struct recount *recount,
	  const struct run *runs, size_t run_count, struct fault *fault)
{
	struct numbers kept = { 0 }, heard = { 0 };
	enum status status = STATUS_OK;

	recount->set = &kept;
	for (size_t i = 0; i < run_count && status == STATUS_OK; i++)
		status = sqlite_log_block_of(session,
					     BLOCK_SETS + (int)recount->kind,
					     recount->day, runs[i].run,
					     recount->id, recount_set, recount,
					     fault);
	for (size_t i = 0; i < recount->count; i++)
		if (recount->listens[i].counts &&
		    recount->listens[i].listener > 0 &&
		    listen_about(&recount->listens[i], recount->kind,
				 recount->id))
			numbers_add(&heard, recount->listens[i].listener);
	numbers_unique(&kept);
	numbers_unique(&heard);
	if (status == STATUS_OK &&
	    (kept.count != heard.count ||
	     (kept.count > 0 && memcmp(kept.items, heard.items,
				       kept.count * sizeof *kept.items) != 0)))
		status = fault_field(fault, STATUS_CORRUPT, "events",
				     "day %d: the listeners of kind %d, id "
				     "%lld are %zu, not %zu",
				     (int)recount->day, (int)recount->kind,
				     (long long)recount->id, kept.count,
				     heard.count);
	free(kept.items);
	free(heard.items);
	return status;
}

static enum status
check_kind(struct store_session *session, struct recount *recount,
	   const struct run *runs, size_t run_count, struct fault *fault)
{
	enum status status = check_sums(session, recount, runs, run_count,
					fault);

	if (!kind_has_sets(recount->kind))
		return status;
	for (size_t i = 0; i < recount->sum_count && status == STATUS_OK; i++) {
		recount->id = recount->sums[i].id;
		if (i == 0 || recount->sums[i - 1].id != recount->id)
			status = check_set(session, recount, runs, run_count,
					   fault);
	}
	return status;
}

static enum status
check_day(struct store_session *session, int32_t day, const struct run *runs,
	  size_t run_count, struct fault *fault)
{
	struct recount recount = { .day = day };
	enum status status = STATUS_OK;

	for (size_t i = 0; i < run_count && status == STATUS_OK; i++)
		status = sqlite_log_blocks(session, BLOCK_LISTENS, day,
					   runs[i].run, recount_listens,
					   &recount, fault);
	for (int kind = 0; kind < EVENTS_ACTIVE && status == STATUS_OK;
	     kind++) {
		recount.kind = (enum events_kind)kind;
		status = check_kind(session, &recount, runs, run_count, fault);
	}
	free(recount.listens);
	free(recount.sums);
	return status;
}

static enum status
check_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct events_range *range = cookie;
	int64_t raw_from;
	struct arena arena;
	struct run *runs;
	size_t count;
	enum status status;

	arena_init(&arena);
	status = sql_query_int(session,
			       "select value from about where key = 'raw_from'",
			       SQL_NO_ARGS, &raw_from, fault);
	if (status == STATUS_OK)
		status = sqlite_log_runs(session, &arena, range, &runs, &count,
					 fault);
	for (size_t i = 0, end; status == STATUS_OK && i < count; i = end) {
		for (end = i; end < count && runs[end].day == runs[i].day;
		     end++)
			;
		if (runs[i].day >= raw_from)
			status = check_day(session, runs[i].day, runs + i,
					   end - i, fault);
	}
	arena_release(&arena);
	return status;
}

enum status
sqlite_log_check(struct events_log *log, const struct events_range *range,
		 struct fault *fault)
{
	struct events_range days = *range;

	return store_read(sqlite_log_of(log)->store, check_work, &days, fault);
}
