/* fingerprints.c - see fingerprints.h. */
#include "library/fingerprints.h"

#include <stdlib.h>
#include <string.h>

#include "library/page_private.h"

#define SAME_LENGTH_MS 50 /* of two copies of one file */
#define COPIES_MAX 64	  /* of one file that are looked at */

/* ---- what waits ----------------------------------------------------------- */

enum status
fingerprints_pending(struct store_session *session, int64_t after_id,
		     uint32_t limit, struct arena *arena, int64_t **ids,
		     size_t *count, struct fault *fault)
{
	int64_t *found = arena_new(arena, int64_t, limit);
	struct store_rows *rows;
	size_t n = 0;
	enum status status = sql_query(
		session,
		"select track_id from track_analysis where looked_up = 0 "
		"and track_id > $1 order by track_id limit $2",
		SQL_ARGS(SQL_INT(after_id), SQL_INT(limit)), &rows, fault);

	while (status == STATUS_OK && n < limit &&
	       sql_next(rows, &status, fault))
		found[n++] = sql_column_int(rows, 0);
	sql_end(rows);
	if (status == STATUS_OK) {
		*ids = found;
		*count = n;
	}
	return status;
}

enum status
fingerprints_pending_count(struct store_session *session, int64_t *out,
			   struct fault *fault)
{
	return sql_query_int(session,
			     "select count(*) from track_analysis "
			     "where looked_up = 0",
			     SQL_NO_ARGS, out, fault);
}

/* ---- looking up ----------------------------------------------------------- */

enum status
fingerprint_get(struct store_session *session, int64_t track_id,
		struct arena *arena, struct fingerprint_wanted *out,
		struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		session,
		"select a.fingerprint, t.duration_ms from track_analysis a "
		"join tracks t on t.id = a.track_id "
		"where a.track_id = $1 and t.visible = 1",
		SQL_ARGS(SQL_INT(track_id)), &rows, fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*out = (struct fingerprint_wanted){
			.print = fingerprint_read(sql_column_span(rows, 0),
						  arena),
			.duration_ms = sql_column_int(rows, 1),
			.track_id = track_id,
		};
	else if (status == STATUS_OK)
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "track %lld was not heard yet",
				   (long long)track_id);
	sql_end(rows);
	return status;
}

/* Tracks that share marks, and how many. */
struct votes {
	struct vote {
		int64_t track_id;
		uint32_t marks;
	} *items;
	size_t count;
};

static int
vote_by_track(const void *a, const void *b)
{
	int64_t x = ((const struct vote *)a)->track_id;
	int64_t y = ((const struct vote *)b)->track_id;

	return x < y ? -1 : x > y;
}

/* The most marks first. */
static int
vote_by_marks(const void *a, const void *b)
{
	uint32_t x = ((const struct vote *)a)->marks;
	uint32_t y = ((const struct vote *)b)->marks;

	return x != y ? (x < y ? 1 : -1) : vote_by_track(a, b);
}

static enum status
sharers_read(struct store_session *session, uint32_t mark, int64_t but,
	     struct votes *votes, struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		session,
		"select track_id from fingerprint_marks where mark = $1 "
		"limit $2",
		SQL_ARGS(SQL_INT(mark), SQL_INT(FINGERPRINT_SHARERS)), &rows,
		fault);

	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		int64_t id = sql_column_int(rows, 0);

		if (id != but)
			votes->items[votes->count++] = (struct vote){ id, 1 };
	}
	sql_end(rows);
	return status;
}

/* Adds up the votes of each track and keeps those with the most. */
static void
votes_count(struct votes *votes)
{
	size_t kept = 0;

	qsort(votes->items, votes->count, sizeof *votes->items, vote_by_track);
	for (size_t i = 0; i < votes->count; i++) {
		if (kept > 0 && votes->items[kept - 1].track_id ==
					votes->items[i].track_id)
			votes->items[kept - 1].marks++;
		else
			votes->items[kept++] = votes->items[i];
	}
	qsort(votes->items, kept, sizeof *votes->items, vote_by_marks);
	votes->count = kept < FINGERPRINT_CANDIDATES ? kept :
						       FINGERPRINT_CANDIDATES;
}

static enum status
candidates_find(struct store_session *session,
		const struct fingerprint_wanted *wanted, struct arena *arena,
		struct votes *out, struct fault *fault)
{
	uint32_t marks[FINGERPRINT_MARKS_ASKED];
	size_t count = fingerprint_marks(&wanted->print, marks,
					 FINGERPRINT_MARKS_ASKED);
	enum status status = STATUS_OK;

	*out = (struct votes){
		arena_new(arena, struct vote,
			  count * FINGERPRINT_SHARERS + 1), 0
	};
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = sharers_read(session, marks[i], wanted->track_id, out,
				      fault);
	votes_count(out);
	return status;
}

/* The found ones so far. */
struct finding {
	const struct fingerprint_wanted *wanted;
	struct fingerprint_found items[FINGERPRINT_CANDIDATES + COPIES_MAX];
	size_t count;
};

static void
finding_add(struct finding *finding, struct fingerprint_found found)
{
	size_t i = 0;

	while (i < finding->count &&
	       finding->items[i].track_id != found.track_id)
		i++;
	if (i == finding->count)
		finding->items[finding->count++] = found;
}

static bool
lengths_agree(int64_t a_ms, int64_t b_ms, int64_t slack_ms)
{
	return a_ms == 0 || b_ms == 0 || llabs(a_ms - b_ms) <= slack_ms;
}

/* Rows: track, length, print. */
static enum status
candidates_compare(struct store_session *session, const struct votes *votes,
		   struct arena *arena, struct finding *finding,
		   struct fault *fault)
{
	const struct fingerprint_wanted *wanted = finding->wanted;
	int64_t ids[FINGERPRINT_CANDIDATES];
	struct store_rows *rows;
	enum status status;

	if (votes->count == 0)
		return STATUS_OK;
	for (size_t i = 0; i < votes->count; i++)
		ids[i] = votes->items[i].track_id;
	status = query_by_ids(session,
			      "select t.id, t.duration_ms, a.fingerprint "
			      "from track_analysis a "
			      "join tracks t on t.id = a.track_id "
			      "where t.visible = 1 and t.id in ",
			      "", ids, votes->count, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct fingerprint print;
		double rate;

		if (!lengths_agree(wanted->duration_ms,
				   sql_column_int(rows, 1),
				   FINGERPRINT_SLACK_MS))
			continue;
		print = fingerprint_read(sql_column_span(rows, 2), arena);
		rate = fingerprint_compare(&wanted->print, &print, NULL);
		if (rate <= FINGERPRINT_SAME)
			finding_add(finding, (struct fingerprint_found){
				.track_id = sql_column_int(rows, 0),
				.error_rate = rate,
			});
	}
	sql_end(rows);
	return status;
}

/* The key is of the first packets only, so the length has its say. */
static enum status
copies_find(struct store_session *session, struct finding *finding,
	    struct fault *fault)
{
	const struct fingerprint_wanted *wanted = finding->wanted;
	struct store_rows *rows;
	enum status status;

	if (wanted->track_id == 0)
		return STATUS_OK;
	status = sql_query(session,
			   "select t.id, t.duration_ms from files mine "
			   "join files f on f.audio_key = mine.audio_key "
			   "join tracks t on t.id = f.track_id "
			   "where mine.track_id = $1 and t.visible = 1 "
			   "and f.state = 0 and t.id <> $1 "
			   "order by t.id limit $2",
			   SQL_ARGS(SQL_INT(wanted->track_id),
				    SQL_INT(COPIES_MAX)),
			   &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		if (lengths_agree(wanted->duration_ms, sql_column_int(rows, 1),
				  SAME_LENGTH_MS))
			finding_add(finding, (struct fingerprint_found){
				.track_id = sql_column_int(rows, 0),
				.same_audio = true,
			});
	}
	sql_end(rows);
	return status;
}

static int
found_compare(const void *a, const void *b)
{
	const struct fingerprint_found *x = a, *y = b;

	if (x->error_rate < y->error_rate || x->error_rate > y->error_rate)
		return x->error_rate < y->error_rate ? -1 : 1;
	return x->track_id < y->track_id ? -1 : x->track_id > y->track_id;
}

enum status
fingerprints_find(struct store_session *session,
		  const struct fingerprint_wanted *wanted, struct arena *arena,
		  struct fingerprint_found **out, size_t *count,
		  struct fault *fault)
{
	struct finding *finding = arena_new(arena, struct finding, 1);
	struct votes votes;
	enum status status;

	finding->wanted = wanted;
	status = copies_find(session, finding, fault);
	if (status == STATUS_OK)
		status = candidates_find(session, wanted, arena, &votes, fault);
	if (status == STATUS_OK)
		status = candidates_compare(session, &votes, arena, finding,
					    fault);
	if (status != STATUS_OK)
		return status;
	qsort(finding->items, finding->count, sizeof *finding->items,
	      found_compare);
	*out = finding->items;
	*count = finding->count;
	return STATUS_OK;
}

/* ---- entering ------------------------------------------------------------- */

static enum status
marks_remove(struct store_session *session, int64_t track_id,
	     struct fault *fault)
{
	uint32_t marks[FINGERPRINT_MARKS];
	struct store_rows *rows;
	size_t count = 0;
	enum status status = sql_query(session,
				       "select marks from fingerprints "
				       "where track_id = $1",
				       SQL_ARGS(SQL_INT(track_id)), &rows,
				       fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct span bytes = sql_column_span(rows, 0);

		count = bytes.length / sizeof *marks;
		if (count > FINGERPRINT_MARKS)
			count = FINGERPRINT_MARKS;
		if (count > 0) /* silence has none */
			memcpy(marks, bytes.at, count * sizeof *marks);
	}
	sql_end(rows);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = sql_post(session,
				  "delete from fingerprint_marks "
				  "where mark = $1 and track_id = $2",
				  SQL_ARGS(SQL_INT(marks[i]),
					   SQL_INT(track_id)),
				  fault);
	return status;
}

static enum status
marks_add(struct store_session *session,
	  const struct fingerprint_wanted *wanted, struct fault *fault)
{
	uint32_t marks[FINGERPRINT_MARKS];
	size_t count = fingerprint_marks(&wanted->print, marks,
					 FINGERPRINT_MARKS);
	enum status status;

	status = sql_post(session,
			  "insert into fingerprints (track_id, marks) "
			  "values ($1, $2) on conflict (track_id) do update "
			  "set marks = excluded.marks",
			  SQL_ARGS(SQL_INT(wanted->track_id),
				   sql_bytes(marks, count * sizeof *marks)),
			  fault);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = sql_post(session,
				  "insert into fingerprint_marks "
				  "(mark, track_id) values ($1, $2)",
				  SQL_ARGS(SQL_INT(marks[i]),
					   SQL_INT(wanted->track_id)),
				  fault);
	return status;
}

enum status
fingerprints_pass(struct store_session *session, int64_t track_id,
		  struct fault *fault)
{
	return sql_post(session,
			"update track_analysis set looked_up = 1 "
			"where track_id = $1",
			SQL_ARGS(SQL_INT(track_id)), fault);
}

enum status
fingerprints_enter(struct store_session *session,
		   const struct fingerprint_wanted *wanted,
		   struct fault *fault)
{
	enum status status = marks_remove(session, wanted->track_id, fault);

	if (status == STATUS_OK)
		status = marks_add(session, wanted, fault);
	if (status == STATUS_OK)
		status = fingerprints_pass(session, wanted->track_id, fault);
	return status;
}
