/* events_sqlite_pack.c - from the tail to blocks; see events_sqlite.h.
 *
 * What is packed is read on a snapshot and sorted without holding anybody up;
 * then one short transaction puts the blocks in and takes the tail's rows out.
 * One thread of a process packs at a time; of two processes that pack the same
 * rows, the later finds `packed` changed and leaves it. */
#include "driver/events_sqlite.h"

#include <stdlib.h>
#include <string.h>

#define JOIN_LISTENS_MAX 500000 /* of a day; more stay in several runs */
#define RUNS_OF_NEW_DAYS 4	/* a day is joined beyond, or when old */

struct block {
	int kind;
	int32_t day;
	int64_t first;
	size_t at, length; /* in bytes */
};

struct packing {
	struct kept_listen *listens;
	size_t count, room;
	struct block *blocks;
	size_t block_count, block_room;
	struct buffer bytes;
	struct run *runs; /* one for each day */
	size_t run_count, run_room;
	int64_t run; /* its number */

	int64_t packed, last_row, last_seq; /* of the tail */
	int32_t day;			    /* being joined */
};

static void
packing_release(struct packing *packing)
{
	free(packing->listens);
	free(packing->blocks);
	free(packing->runs);
	buffer_release(&packing->bytes);
}

static void
packing_begin(struct packing *packing)
{
	*packing = (struct packing){ 0 };
	buffer_init(&packing->bytes, (size_t)1 << 30);
}

static void
listen_take(void *cookie, const struct kept_listen *listen)
{
	struct packing *packing = cookie;

	if (packing->count == packing->room) {
		packing->room = packing->room > 0 ? 2 * packing->room : 4096;
		packing->listens = mem_grow(packing->listens, packing->room,
					    sizeof *packing->listens);
	}
	packing->listens[packing->count++] = *listen;
}

/* ---- blocks --------------------------------------------------------------- */

/* Begins a block that reaches to the end of `bytes` once block_end() is
 * called. */
static void
block_begin(struct packing *packing, int kind, int32_t day, int64_t first)
{
	if (packing->block_count == packing->block_room) {
		packing->block_room =
			packing->block_room > 0 ? 2 * packing->block_room : 256;
		packing->blocks = mem_grow(packing->blocks, packing->block_room,
					   sizeof *packing->blocks);
	}
	packing->blocks[packing->block_count++] =
		(struct block){ .kind = kind,
				.day = day,
				.first = first,
				.at = packing->bytes.length };
}

static size_t
block_size(const struct packing *packing)
{
	return packing->bytes.length -
	       packing->blocks[packing->block_count - 1].at;
}

static void
block_end(struct packing *packing)
{
	packing->blocks[packing->block_count - 1].length = block_size(packing);
}

struct listen_key { /* small: it is moved about while sorting */
	int32_t day;
	uint32_t at; /* among the listens */
	int64_t listener, at_ms, seq;
};

static int
listen_key_compare(const void *a, const void *b)
{
	const struct listen_key *x = a, *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->listener != y->listener)
		return x->listener < y->listener ? -1 : 1;
	if (x->at_ms != y->at_ms)
		return x->at_ms < y->at_ms ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void
listens_sort(struct packing *packing)
{
	size_t count = packing->count;
	struct listen_key *keys = mem_new(count + 1, sizeof *keys);
	struct kept_listen *sorted = mem_new(count + 1, sizeof *sorted);

	for (size_t i = 0; i < count; i++) {
		const struct kept_listen *listen = &packing->listens[i];

		keys[i] = (struct listen_key){ events_day_of(listen->at_ms),
					       (uint32_t)i, listen->listener,
					       listen->at_ms, listen->seq };
	}
	qsort(keys, count, sizeof *keys, listen_key_compare);
	for (size_t i = 0; i < count; i++)
		sorted[i] = packing->listens[keys[i].at];
	free(keys);
	free(packing->listens);
	packing->listens = sorted;
	packing->room = count + 1;
}

/* The listens of one day; a listener's are all in one block. */
static void
listens_pack(struct packing *packing, const struct kept_listen *listens,
	     size_t count, int32_t day)
{
	bool open = false;

	for (size_t i = 0; i < count; i++) {
		bool new = i == 0 ||
			   listens[i].listener != listens[i - 1].listener;

		if (open && new && block_size(packing) >= BLOCK_BYTES - 300) {
			block_end(packing);
			open = false;
		}
		if (!open)
			block_begin(packing, BLOCK_LISTENS, day,
				    listens[i].listener);
		open = true;
		pack_listen(&packing->bytes, &listens[i],
			    (int64_t)day * DAY_MS, 0);
	}
	block_end(packing);
}

#define SUMS_OF_BLOCK 120  /* about ten bytes each: few to pass over */
#define RANKS_OF_BLOCK 8192 /* about five bytes each: read whole */

/* Sums of one day, merged; an id's parts are all in one block. */
static void
sums_pack(struct packing *packing, int kind, const struct kept_sum *sums,
	  size_t count, int32_t day)
{
	for (size_t i = 0, end; i < count; i = end) {
		end = i + SUMS_OF_BLOCK < count ? i + SUMS_OF_BLOCK : count;
		while (end < count && sums[end].id == sums[end - 1].id)
			end++;
		block_begin(packing, kind, day, sums[i].id);
		pack_sums(&packing->bytes, sums + i, end - i);
		block_end(packing);
	}
}

/* The same without parts. */
static void
ranks_pack(struct packing *packing, int kind, const struct events_rank *ranks,
	   size_t count, int32_t day)
{
	for (size_t i = 0; i < count; i += RANKS_OF_BLOCK) {
		block_begin(packing, kind, day, ranks[i].id);
		pack_ranks(&packing->bytes, ranks + i,
			   count - i < RANKS_OF_BLOCK ? count - i :
							RANKS_OF_BLOCK);
		block_end(packing);
	}
}

static void
sums_ranks_pack(struct packing *packing, enum events_kind kind,
		const struct kept_sum *sums, size_t count, int32_t day)
{
	struct events_rank *ranks = mem_new(count + 1, sizeof *ranks);
	size_t filled = 0;

	for (size_t i = 0; i < count; i++) {
		if (filled == 0 || ranks[filled - 1].id != sums[i].id)
			ranks[filled++] =
				(struct events_rank){ .id = sums[i].id };
		ranks[filled - 1].plays += sums[i].columns[SUM_PLAYS];
		ranks[filled - 1].heard_ms += sums[i].columns[SUM_HEARD];
	}
	ranks_pack(packing, BLOCK_RANKS + (int)kind, ranks, filled, day);
	free(ranks);
}

/* Adds a sum to those gathered; `places` knows where each thing's is. */
static void
sum_gather(struct kept_sum *sums, size_t *filled, struct number_map *places,
	   const struct kept_sum *sum)
{
	uint64_t key = (uint64_t)sum->id * EVENT_SOURCES +
		       (uint64_t)sum->part + 1;
	int64_t place;

	if (number_map_get(places, key, &place)) {
		sum_add(&sums[place], sum);
		return;
	}
	number_map_put(places, key, (int64_t)*filled);
	sums[(*filled)++] = *sum;
}

static void
kind_sums_pack(struct packing *packing, enum events_kind kind,
	       const struct kept_listen *listens, size_t count, int32_t day)
{
	struct kept_sum *sums = mem_new(count * EVENT_ARTISTS_MAX,
					sizeof *sums);
	struct number_map places = { 0 };
	size_t filled = 0;

	for (size_t i = 0; i < count; i++) {
		int64_t things[EVENT_ARTISTS_MAX];
		size_t found = things_of(&listens[i], kind, things);
		struct kept_sum sum = {
			.part = kind_has_parts(kind) ? (int32_t)listens[i].source :
						       0,
		};

		sum_of_listen(&sum, &listens[i]);
		for (size_t k = 0; k < found; k++) {
			sum.id = things[k];
			sum_gather(sums, &filled, &places, &sum);
		}
	}
	number_map_clear(&places);
	filled = sums_merge(sums, filled);
	sums_pack(packing, BLOCK_SUMS + (int)kind, sums, filled, day);
	if (kind_has_ranks(kind))
		sums_ranks_pack(packing, kind, sums, filled, day);
	free(sums);
}

struct pair {
	int64_t id, listener;
};

static int
pair_compare(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->listener < y->listener ? -1 : x->listener > y->listener;
}

/* Pairs in order, each once. */
static void
sets_pack(struct packing *packing, int kind, const struct pair *pairs,
	  size_t count, int32_t day)
{
	int64_t *listeners = mem_new(count, sizeof *listeners);
	int64_t before = 0;
	bool open = false;

	for (size_t i = 0, end; i < count; i = end) {
		for (end = i; end < count && pairs[end].id == pairs[i].id;
		     end++)
			listeners[end - i] = pairs[end].listener;
		if (open && block_size(packing) + (end - i) >= BLOCK_BYTES) {
			block_end(packing);
			open = false;
		}
		if (!open) {
			block_begin(packing, kind, day, pairs[i].id);
			before = 0;
		}
		open = true;
		pack_set(&packing->bytes, before, pairs[i].id, listeners,
			 end - i);
		before = pairs[i].id;
	}
	if (open)
		block_end(packing);
	free(listeners);
}

static void
kind_sets_pack(struct packing *packing, enum events_kind kind,
	       const struct kept_listen *listens, size_t count, int32_t day)
{
	struct pair *pairs = mem_new(count * EVENT_ARTISTS_MAX, sizeof *pairs);
	size_t filled = 0, kept = 0;

	for (size_t i = 0; i < count; i++) {
		int64_t things[EVENT_ARTISTS_MAX];
		size_t found = listens[i].counts && listens[i].listener > 0 ?
				       things_of(&listens[i], kind, things) :
				       0;

		for (size_t k = 0; k < found; k++)
			pairs[filled++] = (struct pair){ things[k],
							 listens[i].listener };
	}
	qsort(pairs, filled, sizeof *pairs, pair_compare);
	for (size_t i = 0; i < filled; i++)
		if (i == 0 || pair_compare(&pairs[i], &pairs[i - 1]) != 0)
			pairs[kept++] = pairs[i];
	if (kept > 0)
		sets_pack(packing, BLOCK_SETS + (int)kind, pairs, kept, day);
	free(pairs);
}

static void
day_pack(struct packing *packing, const struct kept_listen *listens,
	 size_t count, int32_t day)
{
	if (packing->run_count == packing->run_room) {
		packing->run_room =
			packing->run_room > 0 ? 2 * packing->run_room : 8;
		packing->runs = mem_grow(packing->runs, packing->run_room,
					 sizeof *packing->runs);
	}
	packing->runs[packing->run_count++] =
		(struct run){ day, packing->run, (int64_t)count };
	listens_pack(packing, listens, count, day);
	for (int kind = 0; kind < EVENTS_ACTIVE; kind++)
		kind_sums_pack(packing, (enum events_kind)kind, listens, count,
			       day);
	for (int kind = 0; kind < EVENTS_ACTIVE; kind++)
		if (kind_has_sets((enum events_kind)kind))
			kind_sets_pack(packing, (enum events_kind)kind,
				       listens, count, day);
}

static void
blocks_make(struct packing *packing)
{
	listens_sort(packing);
	for (size_t i = 0, end; i < packing->count; i = end) {
		int32_t day = events_day_of(packing->listens[i].at_ms);

		for (end = i; end < packing->count &&
			      events_day_of(packing->listens[end].at_ms) == day;
		     end++)
			;
		day_pack(packing, packing->listens + i, end - i, day);
	}
}

static enum status
blocks_write(struct store_session *session, const struct packing *packing,
	     struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < packing->run_count && status == STATUS_OK; i++)
		status = sql_exec(session,
				  "insert into runs values ($1, $2, $3)",
				  SQL_ARGS(SQL_INT(packing->runs[i].day),
					   SQL_INT(packing->runs[i].run),
					   SQL_INT(packing->runs[i].listens)),
				  NULL, fault);
	for (size_t i = 0; i < packing->block_count && status == STATUS_OK;
	     i++) {
		const struct block *block = &packing->blocks[i];

		status = sql_exec(session,
				  "insert into blocks (kind, day, run, first, "
				  "bytes) values ($1, $2, $3, $4, $5)",
				  SQL_ARGS(SQL_INT(block->kind),
					   SQL_INT(block->day),
					   SQL_INT(packing->run),
					   SQL_INT(block->first),
					   sql_bytes(packing->bytes.bytes +
							     block->at,
						     block->length)),
				  NULL, fault);
	}
	return status;
}

/* ---- from the tail -------------------------------------------------------- */

static enum status
tail_read_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct packing *packing = cookie;
	struct store_rows *rows = NULL;
	enum status status;

	packing->count = 0;
	status = sql_query_int(session,
			       "select value from about where key = 'packed'",
			       SQL_NO_ARGS, &packing->packed, fault);
	if (status == STATUS_OK)
		status = sql_query(session,
				   "select seq, bytes from tail order by seq",
				   SQL_NO_ARGS, &rows, fault);
	while (status == STATUS_OK && packing->count < TAIL_LISTENS &&
	       sql_next(rows, &status, fault)) {
		struct span bytes = sql_column_span(rows, 1);
		struct kept_listen listen;

		packing->last_row = sql_column_int(rows, 0);
		while (unpack_listen(&bytes, &listen, 0, packing->last_row)) {
			listen_take(packing, &listen);
			packing->last_seq = listen.seq;
		}
	}
	sql_end(rows);
	return status;
}

static enum status
tail_write_work(struct store_session *session, void *cookie,
		struct fault *fault)
{
	const struct packing *packing = cookie;
	int64_t packed;
	enum status status;

	status = sql_query_int(session,
			       "select value from about where key = 'packed'",
			       SQL_NO_ARGS, &packed, fault);
	if (status != STATUS_OK || packed != packing->packed)
		return status;
	status = blocks_write(session, packing, fault);
	if (status == STATUS_OK)
		status = sql_exec(session, "delete from tail where seq <= $1",
				  SQL_ARGS(SQL_INT(packing->last_row)), NULL,
				  fault);
	if (status == STATUS_OK)
		status = sql_exec(session,
				  "update about set value = $1 "
				  "where key = 'packed'",
				  SQL_ARGS(SQL_INT(packing->last_seq)), NULL,
				  fault);
	return status;
}

static enum status
tail_count_work(struct store_session *session, void *cookie,
		struct fault *fault)
{
	return sql_query_int(session,
			     "select coalesce(sum(listens), 0) from tail",
			     SQL_NO_ARGS, cookie, fault);
}

enum status
sqlite_log_pack(struct sqlite_log *mine, struct fault *fault)
{
	struct packing packing;
	int64_t left;
	enum status status;

	packing_begin(&packing);
	pthread_mutex_lock(&mine->pack_lock);
	status = store_read(mine->store, tail_read_work, &packing, fault);
	if (status == STATUS_OK && packing.count > 0) {
		packing.run = packing.last_seq;
		blocks_make(&packing);
		status = store_write(mine->store, tail_write_work, &packing,
				     fault);
	}
	pthread_mutex_unlock(&mine->pack_lock);
	packing_release(&packing);
	if (status != STATUS_OK)
		return status;
	/* Nobody adds to the tail between the count and the note. */
	sqlite_log_alone(mine);
	status = store_read(mine->store, tail_count_work, &left, fault);
	if (status == STATUS_OK)
		atomic_store(&mine->tail_listens, left);
	sqlite_log_leave(mine);
	return status;
}

/* ---- whole days ----------------------------------------------------------- */

static bool
day_block_take(void *cookie, struct span bytes)
{
	struct packing *packing = cookie;
	struct kept_listen listen;

	while (unpack_listen(&bytes, &listen, (int64_t)packing->day * DAY_MS,
			     0))
		listen_take(packing, &listen);
	return true;
}

static enum status
day_read_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct packing *packing = cookie;
	struct events_range range = { packing->day, packing->day };
	struct arena arena;
	struct run *runs;
	size_t count;
	enum status status;

	packing->count = 0;
	packing->last_seq = 0; /* of listens in the runs */
	arena_init(&arena);
	status = sqlite_log_runs(session, &arena, &range, &runs, &count, fault);
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		packing->run = runs[i].run;
		packing->last_seq += runs[i].listens;
		status = sqlite_log_blocks(session, BLOCK_LISTENS, packing->day,
					   runs[i].run, day_block_take,
					   packing, fault);
	}
	arena_release(&arena);
	return status;
}

static enum status
day_write_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	const struct packing *packing = cookie;
	int64_t listens;
	enum status status;

	status = sql_query_int(session,
			       "select coalesce(sum(listens), 0) from runs "
			       "where day = $1",
			       SQL_ARGS(SQL_INT(packing->day)), &listens,
			       fault);
	if (status != STATUS_OK || listens != packing->last_seq)
		return status; /* somebody else did something */
	for (int kind = 0; kind < BLOCK_KINDS &&
			   status == STATUS_OK;
	     kind++)
		status = sql_exec(session,
				  "delete from blocks where kind = $1 and "
				  "day = $2",
				  SQL_ARGS(SQL_INT(kind),
					   SQL_INT(packing->day)),
				  NULL, fault);
	if (status == STATUS_OK)
		status = sql_exec(session, "delete from runs where day = $1",
				  SQL_ARGS(SQL_INT(packing->day)), NULL, fault);
	if (status == STATUS_OK)
		status = blocks_write(session, packing, fault);
	return status;
}

static enum status
day_join(struct sqlite_log *mine, int32_t day, struct fault *fault)
{
	struct packing packing;
	enum status status;

	packing_begin(&packing);
	packing.day = day;
	status = store_read(mine->store, day_read_work, &packing, fault);
	if (status == STATUS_OK &&
	    (int64_t)packing.count != packing.last_seq)
		status = fault_field(fault, STATUS_CORRUPT, "events",
				     "day %d of the log of events has %zu "
				     "listens, not %lld",
				     (int)day, packing.count,
				     (long long)packing.last_seq);
	if (status == STATUS_OK) {
		blocks_make(&packing);
		status = store_write(mine->store, day_write_work, &packing,
				     fault);
	}
	packing_release(&packing);
	return status;
}

/* ---- whole months --------------------------------------------------------- */

struct month_step {
	struct packing packing;
	int32_t month;
	enum events_kind kind;
	struct events_rank *ranks;
	size_t count, room;
};

static const enum events_kind month_kinds[] = { EVENTS_TRACK, EVENTS_ARTIST,
						EVENTS_GENRE };

enum status
sqlite_log_month_listens(struct store_session *session, int32_t month,
			 int64_t *out, struct fault *fault)
{
	return sql_query_int(session,
			     "select coalesce(sum(listens), 0) from runs "
			     "where day between $1 and $2",
			     SQL_ARGS(SQL_INT(month_first_day(month)),
				      SQL_INT(month_first_day(month + 1) - 1)),
			     out, fault);
}

static void
month_rank(void *cookie, const struct events_rank *rank)
{
	struct month_step *step = cookie;

	if (step->count == step->room) {
		step->room = step->room > 0 ? 2 * step->room : 4096;
		step->ranks = mem_grow(step->ranks, step->room,
				       sizeof *step->ranks);
	}
	step->ranks[step->count++] = *rank;
}

static enum status
month_read_work(struct store_session *session, void *cookie,
		struct fault *fault)
{
	struct month_step *step = cookie;
	struct events_range range = { month_first_day(step->month),
				      month_first_day(step->month + 1) - 1 };
	struct arena arena;
	struct run *runs;
	size_t count;
	enum status status;

	step->count = 0;
	step->packing.run = 0;
	arena_init(&arena);
	status = sqlite_log_runs(session, &arena, &range, &runs, &count, fault);
	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		step->packing.run += runs[i].listens;
	if (status == STATUS_OK)
		status = sqlite_log_ranks(session, step->kind, runs, count,
					  NULL, 0, month_rank, step, fault);
	arena_release(&arena);
	return status;
}

static enum status
month_write_work(struct store_session *session, void *cookie,
		 struct fault *fault)
{
	const struct month_step *step = cookie;
	int32_t day = MONTH + step->month;
	enum status status = STATUS_OK;

	for (size_t i = 0;
	     i < ARRAY_LENGTH(month_kinds) && status == STATUS_OK; i++)
		status = sql_exec(session,
				  "delete from blocks where kind = $1 and "
				  "day = $2",
				  SQL_ARGS(SQL_INT(BLOCK_RANKS + month_kinds[i]),
					   SQL_INT(day)),
				  NULL, fault);
	if (status == STATUS_OK)
		status = sql_exec(session, "delete from runs where day = $1",
				  SQL_ARGS(SQL_INT(day)), NULL, fault);
	if (status == STATUS_OK)
		status = sql_exec(session,
				  "insert into runs values ($1, $2, $2)",
				  SQL_ARGS(SQL_INT(day),
					   SQL_INT(step->packing.run)),
				  NULL, fault);
	if (status == STATUS_OK)
		status = blocks_write(session, &step->packing, fault);
	return status;
}

static enum status
month_join(struct sqlite_log *mine, int32_t month, struct fault *fault)
{
	struct month_step step = { .month = month };
	enum status status = STATUS_OK;

	packing_begin(&step.packing);
	for (size_t i = 0;
	     i < ARRAY_LENGTH(month_kinds) && status == STATUS_OK; i++) {
		step.kind = month_kinds[i];
		status = store_read(mine->store, month_read_work, &step, fault);
		if (status == STATUS_OK)
			ranks_pack(&step.packing,
				   BLOCK_RANKS + (int)step.kind, step.ranks,
				   step.count, MONTH + step.month);
	}
	if (status == STATUS_OK)
		status = store_write(mine->store, month_write_work, &step,
				     fault);
	free(step.ranks);
	packing_release(&step.packing);
	return status;
}

/* ---- what is to be joined ------------------------------------------------- */

struct join_look {
	int32_t today;
	int64_t day, month; /* INT32_MIN: none */
};

static enum status
month_look(struct store_session *session, struct join_look *look,
	   int32_t month, struct fault *fault)
{
	int64_t listens, whole = 0;
	enum status status = sqlite_log_month_listens(session, month, &listens,
						      fault);

	if (status == STATUS_OK)
		status = sql_query_int(session,
				       "select coalesce(max(run), 0) from runs "
				       "where day = $1",
				       SQL_ARGS(SQL_INT(MONTH + month)), &whole,
				       fault);
	if (status == STATUS_OK && listens != whole)
		look->month = month;
	return status;
}

static enum status
look_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct join_look *look = cookie;
	int64_t first;
	enum status status;

	look->day = look->month = INT32_MIN;
	status = sql_query_int(
		session,
		"select day from runs where day < $1 and day >= "
		"(select value from about where key = 'raw_from') group by day "
		"having count(*) > case when day < $1 - 2 then 1 else $2 end "
		"and sum(listens) <= $3 order by day limit 1",
		SQL_ARGS(SQL_INT(look->today), SQL_INT(RUNS_OF_NEW_DAYS),
			 SQL_INT(JOIN_LISTENS_MAX)),
		&look->day, fault);
	if (status != STATUS_NOT_FOUND)
		return status;
	look->day = INT32_MIN;
	status = sql_query_int(session,
			       "select day from runs order by day limit 1",
			       SQL_NO_ARGS, &first, fault);
	if (status != STATUS_OK || first >= MONTH)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	for (int32_t month = month_of_day((int32_t)first);
	     status == STATUS_OK && look->month == INT32_MIN &&
	     month_first_day(month + 1) <= look->today;
	     month++)
		status = month_look(session, look, month, fault);
	return status;
}

enum status
sqlite_log_join(struct sqlite_log *mine, int32_t today, bool *more,
		struct fault *fault)
{
	struct join_look look = { .today = today };
	enum status status = store_read(mine->store, look_work, &look, fault);

	*more = false;
	if (status != STATUS_OK)
		return status;
	pthread_mutex_lock(&mine->pack_lock);
	if (look.day != INT32_MIN)
		status = day_join(mine, (int32_t)look.day, fault);
	else if (look.month != INT32_MIN)
		status = month_join(mine, (int32_t)look.month, fault);
	pthread_mutex_unlock(&mine->pack_lock);
	*more = status == STATUS_OK &&
		(look.day != INT32_MIN || look.month != INT32_MIN);
	return status;
}
