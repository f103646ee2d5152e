/* events_sqlite_walk.c - walks over the listens; see events_sqlite.h.
 *
 * One listener's listens of a day are gathered from the day's runs and from the
 * tail, and put in order. */
#include "driver/events_sqlite.h"

#include <stdlib.h>

/* ---- one listener's listens ----------------------------------------------- */

struct listens_walk {
	struct sqlite_log *mine;
	const struct events_walk *asked;
	event_listen_visit *visit;
	void *cookie;
	int64_t listener;
	const char **words;
	size_t word_count;
	struct kept_listen *tail, *day; /* of this listener */
	size_t tail_count, tail_room, day_count, day_room;
	int32_t day_number;
	bool ended;
};

static void
tail_take(void *cookie, const struct kept_listen *listen)
{
	struct listens_walk *walk = cookie;

	if (listen->listener != walk->listener)
		return;
	if (walk->tail_count == walk->tail_room) {
		walk->tail_room =
			walk->tail_room > 0 ? 2 * walk->tail_room : 64;
		walk->tail = mem_grow(walk->tail, walk->tail_room,
				      sizeof *walk->tail);
	}
	walk->tail[walk->tail_count++] = *listen;
}

static void
day_take(struct listens_walk *walk, const struct kept_listen *listen)
{
	if (walk->day_count == walk->day_room) {
		walk->day_room = walk->day_room > 0 ? 2 * walk->day_room : 64;
		walk->day = mem_grow(walk->day, walk->day_room,
				     sizeof *walk->day);
	}
	walk->day[walk->day_count++] = *listen;
}

static bool
block_take(void *cookie, struct span bytes)
{
	struct listens_walk *walk = cookie;
	struct kept_listen listen;

	while (unpack_listen(&bytes, &listen,
			     (int64_t)walk->day_number * DAY_MS, 0) &&
	       listen.listener <= walk->listener)
		if (listen.listener == walk->listener)
			day_take(walk, &listen);
	return true;
}

static int
time_compare(const void *a, const void *b)
{
	const struct kept_listen *x = a, *y = b;

	if (x->at_ms != y->at_ms)
		return x->at_ms < y->at_ms ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static bool
walk_wants(const struct events_walk *asked, const struct kept_listen *listen)
{
	int64_t beyond = listen->at_ms - asked->after_ms;

	if (listen->at_ms < asked->from_ms || listen->at_ms >= asked->until_ms)
		return false;
	if (!asked->has_after)
		return true;
	if (beyond == 0)
		beyond = listen->seq - asked->after_seq;
	return asked->newest_first ? beyond < 0 : beyond > 0;
}

static const char *
word_text(const struct listens_walk *walk, int32_t number)
{
	return (size_t)number < walk->word_count ? walk->words[number] : NULL;
}

static void
listen_give(struct listens_walk *walk, const struct kept_listen *kept)
{
	struct event_listen listen = {
		.at_ms = kept->at_ms,
		.began_at_ms = kept->began_at_ms,
		.user_id = walk->asked->user_id,
		.session = walk->asked->user_id > 0 ? 0 : walk->asked->session,
		.track_id = kept->track_id,
		.artists = { kept->artists[0], kept->artists[1],
			     kept->artists[2] },
		.album_id = kept->album_id,
		.genre_id = kept->genre_id,
		.action = kept->action,
		.source = kept->source,
		.source_id = kept->source_id,
		.heard_ms = kept->heard_ms,
		.total_ms = kept->total_ms,
		.position_ms = kept->position_ms,
		.counts = kept->counts,
		.platform = word_text(walk, kept->platform),
		.device = word_text(walk, kept->device),
		.client = word_text(walk, kept->client),
		.country = word_text(walk, kept->country),
	};

	walk->ended = !walk->visit(walk->cookie, kept->seq, &listen);
}

/* Visits what was gathered of the day. */
static void
day_give(struct listens_walk *walk)
{
	bool back = walk->asked->newest_first;

	for (size_t i = 0; i < walk->tail_count; i++)
		if (events_day_of(walk->tail[i].at_ms) == walk->day_number)
			day_take(walk, &walk->tail[i]);
	if (walk->day_count > 1)
		qsort(walk->day, walk->day_count, sizeof *walk->day,
		      time_compare);
	for (size_t i = 0; i < walk->day_count && !walk->ended; i++) {
		size_t at = back ? walk->day_count - 1 - i : i;

		if (walk_wants(walk->asked, &walk->day[at]))
			listen_give(walk, &walk->day[at]);
	}
	walk->day_count = 0;
}

/* The days on which the walk may find anything; first > last: none. */
static void
walk_range(const struct listens_walk *walk, const struct run *runs,
	   size_t run_count, struct events_range *out)
{
	const struct events_walk *asked = walk->asked;
	int32_t first = INT32_MAX, last = INT32_MIN, bound;

	if (run_count > 0) {
		first = runs[0].day;
		last = runs[run_count - 1].day;
	}
	for (size_t i = 0; i < walk->tail_count; i++) {
		int32_t day = events_day_of(walk->tail[i].at_ms);

		first = day < first ? day : first;
		last = day > last ? day : last;
	}
	if (asked->from_ms / DAY_MS > first)
		first = events_day_of(asked->from_ms);
	if ((asked->until_ms - 1) / DAY_MS < last)
		last = events_day_of(asked->until_ms - 1);
	if (asked->has_after && asked->after_ms / DAY_MS < INT32_MAX) {
		bound = events_day_of(asked->after_ms);
		if (asked->newest_first)
			last = bound < last ? bound : last;
		else
			first = bound > first ? bound : first;
	}
	*out = (struct events_range){ first, last };
}

/* Day by day, with the runs of each. */
static enum status
walk_days(struct store_session *session, struct listens_walk *walk,
	  const struct run *runs, size_t run_count, struct fault *fault)
{
	bool back = walk->asked->newest_first;
	struct events_range range;
	size_t used = 0;
	enum status status = STATUS_OK;

	walk_range(walk, runs, run_count, &range);
	for (int32_t i = 0; range.first_day <= range.last_day &&
			    i <= range.last_day - range.first_day &&
			    status == STATUS_OK && !walk->ended;
	     i++) {
		int32_t day = back ? range.last_day - i : range.first_day + i;

		walk->day_number = day;
		for (; used < run_count && status == STATUS_OK; used++) {
			const struct run *run =
				&runs[back ? run_count - 1 - used : used];

			if (back ? run->day < day : run->day > day)
				break;
			if (run->day == day)
				status = sqlite_log_block_of(
					session, BLOCK_LISTENS, day, run->run,
					walk->listener, block_take, walk,
					fault);
		}
		if (status == STATUS_OK)
			day_give(walk);
	}
	return status;
}

static enum status
listens_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct listens_walk *walk = cookie;
	struct events_range all = { -MONTH, MONTH - 1 };
	struct arena arena;
	struct run *runs;
	size_t run_count;
	enum status status;

	walk->tail_count = walk->day_count = 0;
	status = sqlite_log_listener(session, walk->asked->user_id,
				     walk->asked->session, &walk->listener,
				     fault);
	if (status != STATUS_OK || walk->listener == 0)
		return status;
	arena_init(&arena);
	status = sqlite_log_words(session, &arena, &walk->words,
				  &walk->word_count, fault);
	if (status == STATUS_OK)
		status = sqlite_log_runs(session, &arena, &all, &runs,
					 &run_count, fault);
	if (status == STATUS_OK)
		status = sqlite_log_tail(walk->mine, session, tail_take, walk,
					 fault);
	if (status == STATUS_OK)
		status = walk_days(session, walk, runs, run_count, fault);
	arena_release(&arena);
	return status;
}

enum status
sqlite_log_listens(struct events_log *log, const struct events_walk *walk,
		   event_listen_visit *visit, void *cookie,
		   struct fault *fault)
{
	struct listens_walk mine = { .mine = sqlite_log_of(log),
				     .asked = walk,
				     .visit = visit,
				     .cookie = cookie };
	enum status status = store_read(sqlite_log_of(log)->store, listens_work,
					&mine, fault);

	free(mine.tail);
	free(mine.day);
	return status;
}

/* ---- plays put aside ------------------------------------------------------ */

struct plays_read {
	int64_t after_seq;
	struct events_play *out;
	size_t room, count;
};

static enum status
play_take(struct store_session *session, struct plays_read *read,
	  const uint64_t numbers[4], struct fault *fault)
{
	int64_t user_id = 0;
	enum status status;

	status = sql_query_int(session,
			       "select coalesce(user_id, 0) from people "
			       "where number = $1",
			       SQL_ARGS(SQL_INT(numbers[2])), &user_id, fault);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	read->out[read->count++] = (struct events_play){
		.seq = (int64_t)numbers[0],
		.at_ms = (int64_t)numbers[1],
		.user_id = user_id,
		.track_id = (int64_t)numbers[3],
	};
	return STATUS_OK;
}

/* Four numbers for each play: its own, time, listener, track. */
static enum status
plays_take(struct store_session *session, struct plays_read *read,
	   struct span bytes, struct fault *fault)
{
	enum status status = STATUS_OK;
	uint64_t numbers[4];

	while (status == STATUS_OK && read->count < read->room) {
		for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
			if (!unpack_number(&bytes, &numbers[i]))
				return STATUS_OK;
		if ((int64_t)numbers[0] > read->after_seq)
			status = play_take(session, read, numbers, fault);
	}
	return status;
}

static enum status
plays_read_work(struct store_session *session, void *cookie,
		struct fault *fault)
{
	struct plays_read *read = cookie;
	struct store_rows *rows = NULL;
	enum status status;

	read->count = 0;
	status = sql_query(session,
			   "select bytes from plays where seq > $1 "
			   "order by seq",
			   SQL_ARGS(SQL_INT(read->after_seq)), &rows, fault);
	while (status == STATUS_OK && read->count < read->room &&
	       sql_next(rows, &status, fault))
		status = plays_take(session, read, sql_column_span(rows, 0),
				    fault);
	sql_end(rows);
	return status;
}

enum status
sqlite_log_plays_read(struct events_log *log, int64_t after_seq,
		      struct events_play *out, size_t room, size_t *count,
		      struct fault *fault)
{
	struct plays_read read = { .after_seq = after_seq,
				   .out = out,
				   .room = room };
	enum status status = store_read(sqlite_log_of(log)->store,
					plays_read_work, &read, fault);

	if (status == STATUS_OK)
		*count = read.count;
	return status;
}

static enum status
plays_drop_work(struct store_session *session, void *cookie,
		struct fault *fault)
{
	const int64_t *seq = cookie;

	return sql_exec(session, "delete from plays where seq <= $1",
			SQL_ARGS(SQL_INT(*seq)), NULL, fault);
}

enum status
sqlite_log_plays_drop(struct events_log *log, int64_t seq, struct fault *fault)
{
	return store_write(sqlite_log_of(log)->store, plays_drop_work, &seq,
			   fault);
}
