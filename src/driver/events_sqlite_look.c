/* events_sqlite_look.c - looks at the logs of requests, searches and doings; see
 * events_sqlite.h.
 *
 * A look goes through the log block by block, passes over those whose mark says
 * that they have nothing for it, and reads the others row by row. */
#include "driver/events_sqlite.h"

#include <string.h>

#include "base/fold.h"

/* Of a mark that is passed over, in rows that are read. */
#define SKIP_COST 8

struct look {
	const struct events_look *asked;
	enum marked_log log;
	event_request_visit *request;
	event_search_visit *search;
	event_activity_visit *activity;
	void *cookie;

	struct store_session *session;
	struct arena words_arena, arena; /* the second: of a row, or a word */
	const char **words;
	size_t word_count;
	const char *folded; /* the text that is looked for; NULL: none */
	struct mark_wants wants;
	int64_t from_ms, until_ms;
	int64_t first, last; /* numbers of rows that are left, inclusive */
	int64_t left;	     /* rows it may look at */
	bool ended;	     /* the visitor has enough */
};

/* ---- the rows of each log ------------------------------------------------- */

/* Column 3 is the look's word, 4 its text (or the number of it), 5 its
 * number. */
#define ROWS_SQL(table, columns, word, number, order)                \
	"select l.seq, l.at, l.listener, " columns " from " table " l " \
	"where l.seq between $1 and $2 and l.at >= $3 and l.at < $4 " \
	"and ($5 = 0 or l.listener = $5) "                           \
	"and ($6 = 0 or l." word " = $6) "                           \
	"and ($7 = 0 or l." number " between $8 and $9) "            \
	"order by l.seq " order

static const struct {
	const char *rows[2]; /* newest, oldest first */
	const char *ends;
	const char *time;
} logs[MARKED_LOGS] = {
#define LOG(table, columns, word, number)                                 \
	{ { ROWS_SQL(table, columns, word, number, "desc"),               \
	    ROWS_SQL(table, columns, word, number, "asc") },              \
	  "select (select min(seq) from " table "), "                     \
	  "(select max(seq) from " table ")",                             \
	  "select at from " table " where seq >= $1 order by seq limit 1" }
	[MARKED_REQUESTS] = LOG("requests",
				"l.method, l.route, l.status, l.took, "
				"l.address, l.client",
				"method", "status"),
	[MARKED_SEARCHES] = LOG("searches",
				"l.surface, l.query, l.results, l.took, "
				"l.clicked, l.clicked_id",
				"surface", "results"),
	[MARKED_ACTIVITIES] = LOG("activities",
				  "l.action, l.object, l.object_id, "
				  "l.minutes, l.tracks, l.searches",
				  "action", "object_id"),
#undef LOG
};

static const char *
word_of(const struct look *look, struct store_rows *rows, int column)
{
	size_t number = (size_t)sql_column_int(rows, column);

	return number < look->word_count ? look->words[number] : NULL;
}

/* 0: nobody signed in, or forgotten. */
static int64_t
user_of(struct look *look, struct store_rows *rows)
{
	int64_t user_id = 0;

	if (sql_query_int(look->session,
			  "select coalesce(user_id, 0) from people "
			  "where number = $1",
			  SQL_ARGS(SQL_INT(sql_column_int(rows, 2))), &user_id,
			  NULL) != STATUS_OK)
		return 0;
	return user_id;
}

static bool
request_give(struct look *look, struct store_rows *rows)
{
	struct event_request request = {
		.at_ms = sql_column_int(rows, 1),
		.user_id = user_of(look, rows),
		.method = word_of(look, rows, 3),
		.route = word_of(look, rows, 4),
		.status = (unsigned)sql_column_int(rows, 5),
		.took_us = (uint32_t)sql_column_int(rows, 6),
		.address = sql_column_text(rows, 7, &look->arena),
		.client = sql_column_text(rows, 8, &look->arena),
	};

	return look->request(look->cookie, sql_column_int(rows, 0), &request);
}

static bool
search_give(struct look *look, struct store_rows *rows)
{
	struct event_search search = {
		.at_ms = sql_column_int(rows, 1),
		.user_id = user_of(look, rows),
		.surface = word_of(look, rows, 3),
		.query = sql_column_text(rows, 4, &look->arena),
		.results = (uint32_t)sql_column_int(rows, 5),
		.took_us = (uint32_t)sql_column_int(rows, 6),
		.clicked = word_of(look, rows, 7),
		.clicked_id = sql_column_int(rows, 8),
	};

	return look->search(look->cookie, sql_column_int(rows, 0), &search);
}

static bool
activity_give(struct look *look, struct store_rows *rows)
{
	struct event_activity activity = {
		.at_ms = sql_column_int(rows, 1),
		.user_id = user_of(look, rows),
		.action = word_of(look, rows, 3),
		.object = word_of(look, rows, 4),
		.object_id = sql_column_int(rows, 5),
		.sums_up = !sql_column_null(rows, 6),
		.visit_minutes = (uint32_t)sql_column_int(rows, 6),
		.tracks_played = (uint32_t)sql_column_int(rows, 7),
		.searches_made = (uint32_t)sql_column_int(rows, 8),
	};

	return look->activity(look->cookie, sql_column_int(rows, 0), &activity);
}

static bool
text_taken(struct look *look, struct store_rows *rows)
{
	if (look->folded == NULL)
		return true;
	if (look->wants.texts != NULL)
		return look->wants.texts[sql_column_int(rows, 4)];
	return events_text_has(&look->arena, look->folded,
			       sql_column_text(rows, 4, &look->arena));
}

/* False: the visitor has enough. */
static bool
row_give(struct look *look, struct store_rows *rows)
{
	if (!text_taken(look, rows))
		return true;
	if (look->log == MARKED_REQUESTS)
		return request_give(look, rows);
	if (look->log == MARKED_SEARCHES)
		return search_give(look, rows);
	return activity_give(look, rows);
}

/* ---- what is wanted, in the log's numbers --------------------------------- */

/* The words that have the text in them. */
static bool
texts_find(struct look *look)
{
	bool *texts = arena_new(&look->words_arena, bool, look->word_count);
	bool found = false;

	for (size_t i = 1; i < look->word_count; i++) {
		texts[i] = events_text_has(&look->arena, look->folded,
					   look->words[i]);
		found = found || texts[i];
	}
	look->wants.texts = texts;
	look->wants.text_count = look->word_count;
	return found;
}

static bool
word_find(struct look *look)
{
	size_t i = 1;

	while (i < look->word_count &&
	       (look->words[i] == NULL ||
		strcmp(look->words[i], look->asked->word) != 0))
		i++;
	look->wants.word = (int64_t)i;
	return i < look->word_count;
}

/* *hopeless: no row can be wanted. */
static enum status
wants_find(struct look *look, bool *hopeless, struct fault *fault)
{
	const struct events_look *asked = look->asked;
	enum status status = sqlite_log_words(look->session,
					      &look->words_arena, &look->words,
					      &look->word_count, fault);

	look->wants = (struct mark_wants){ .bounded = asked->bounded,
					   .least = asked->least,
					   .most = asked->most };
	if (status == STATUS_OK && asked->user_id != 0)
		status = sqlite_log_listener(look->session, asked->user_id, 0,
					     &look->wants.listener, fault);
	if (status != STATUS_OK)
		return status;
	*hopeless = (asked->user_id != 0 && look->wants.listener == 0) ||
		    (asked->word != NULL && !word_find(look));
	if (asked->text == NULL)
		return STATUS_OK;
	look->folded = fold_identity(&look->words_arena, asked->text);
	if (look->log != MARKED_SEARCHES && !texts_find(look))
		*hopeless = true;
	return STATUS_OK;
}

/* The rows that are there behind where the look begins; first > last: none. */
static enum status
rows_find(struct look *look, struct fault *fault)
{
	const struct events_look *asked = look->asked;
	struct store_rows *rows = NULL;
	enum status status = sql_query(look->session, logs[look->log].ends,
				       SQL_NO_ARGS, &rows, fault);

	look->first = 1;
	look->last = 0;
	if (status == STATUS_OK && sql_next(rows, &status, fault) &&
	    !sql_column_null(rows, 0)) {
		look->first = sql_column_int(rows, 0);
		look->last = sql_column_int(rows, 1);
	}
	sql_end(rows);
	if (asked->after_seq == 0)
		return status;
	if (asked->oldest_first && asked->after_seq >= look->first)
		look->first = asked->after_seq + 1;
	if (!asked->oldest_first && asked->after_seq <= look->last)
		look->last = asked->after_seq - 1;
	return status;
}

/* ---- block by block ------------------------------------------------------- */

/* The look is done with the rows up to `seq`. */
static void
pass(struct look *look, int64_t seq)
{
	if (look->asked->oldest_first)
		look->first = seq + 1;
	else
		look->last = seq - 1;
}

/* Reads the rows of the block that are left, as many as the look may. */
static enum status
block_read(struct look *look, int64_t block, struct fault *fault)
{
	bool up = look->asked->oldest_first;
	int64_t first = block * MARK_ROWS, last = first + MARK_ROWS - 1;
	const struct mark_wants *wants = &look->wants;
	struct store_rows *rows = NULL;
	enum status status;

	first = first > look->first ? first : look->first;
	last = last < look->last ? last : look->last;
	if (last - first >= look->left && up)
		last = first + look->left - 1;
	else if (last - first >= look->left)
		first = last - look->left + 1;
	status = sql_query(look->session, logs[look->log].rows[up],
			   SQL_ARGS(SQL_INT(first), SQL_INT(last),
				    SQL_INT(look->from_ms),
				    SQL_INT(look->until_ms),
				    SQL_INT(wants->listener),
				    SQL_INT(wants->word),
				    SQL_INT(wants->bounded),
				    SQL_INT(wants->least),
				    SQL_INT(wants->most)),
			   &rows, fault);
	while (status == STATUS_OK && !look->ended &&
	       sql_next(rows, &status, fault)) {
		look->ended = !row_give(look, rows);
		arena_reset(&look->arena);
	}
	sql_end(rows);
	look->left -= last - first + 1;
	pass(look, up ? last : first);
	return status;
}

/* Marks in the order of the look. */
struct marks {
	struct store_rows *rows;
	int64_t zero; /* number of block 0 */
	bool some;
	int64_t block;
};

static enum status
marks_open(struct look *look, struct marks *marks, struct fault *fault)
{
	static const char *const sql[] = {
		"select number, first_at, last_at, bytes from marks "
		"where number between $1 and $2 order by number desc",
		"select number, first_at, last_at, bytes from marks "
		"where number between $1 and $2 order by number asc",
	};

	*marks = (struct marks){ .zero = mark_number(look->log, 0),
				 .some = true,
				 .block = -1 };
	return sql_query(look->session, sql[look->asked->oldest_first],
			 SQL_ARGS(SQL_INT(marks->zero +
					  look->first / MARK_ROWS),
				  SQL_INT(marks->zero +
					  look->last / MARK_ROWS)),
			 &marks->rows, fault);
}

/* Whether the block has a mark, at which the rows then are. */
static bool
marks_reach(struct marks *marks, int64_t block, bool up, enum status *status,
	    struct fault *fault)
{
	while (marks->some && (marks->block < 0 ||
			       (up ? marks->block < block :
				     marks->block > block))) {
		marks->some = sql_next(marks->rows, status, fault);
		if (marks->some)
			marks->block =
				sql_column_int(marks->rows, 0) - marks->zero;
	}
	return marks->some && marks->block == block;
}

static bool
mark_wanted(const struct look *look, const struct marks *marks)
{
	return sql_column_int(marks->rows, 1) < look->until_ms &&
	       sql_column_int(marks->rows, 2) >= look->from_ms &&
	       mark_may_hold(sql_column_span(marks->rows, 3), &look->wants);
}

static enum status
blocks_read(struct look *look, struct fault *fault)
{
	bool up = look->asked->oldest_first;
	struct marks marks;
	enum status status = marks_open(look, &marks, fault);

	while (status == STATUS_OK && !look->ended && look->left > 0 &&
	       look->first <= look->last) {
		int64_t block = (up ? look->first : look->last) / MARK_ROWS;

		if (marks_reach(&marks, block, up, &status, fault) &&
		    !mark_wanted(look, &marks)) {
			look->left -= SKIP_COST;
			pass(look, block * MARK_ROWS +
					   (up ? MARK_ROWS - 1 : 0));
		} else if (status == STATUS_OK) {
			status = block_read(look, block, fault);
		}
	}
	sql_end(marks.rows);
	return status;
}

/* Where the look had to stop. */
static enum status
reach_note(struct look *look, struct fault *fault)
{
	struct events_reach *reach = look->asked->reach;
	bool up = look->asked->oldest_first;
	int64_t seq = up ? look->first - 1 : look->last + 1;
	enum status status;

	if (reach == NULL || look->ended || look->first > look->last)
		return STATUS_OK;
	status = sql_query_int(look->session, logs[look->log].time,
			       SQL_ARGS(SQL_INT(seq)), &reach->at_ms, fault);
	if (status == STATUS_OK)
		reach->seq = seq;
	return status;
}

static enum status
look_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct look *look = cookie;
	bool hopeless = false;
	enum status status;

	look->session = session;
	look->ended = false;
	look->left = look->asked->reach != NULL ? look->asked->reach->rows :
						  INT64_MAX;
	status = wants_find(look, &hopeless, fault);
	if (status == STATUS_OK && !hopeless)
		status = rows_find(look, fault);
	if (status != STATUS_OK || hopeless || look->first > look->last)
		return status;
	status = blocks_read(look, fault);
	return status != STATUS_OK ? status : reach_note(look, fault);
}

static enum status
look_run(struct events_log *log, struct look *look, struct fault *fault)
{
	enum status status;

	if (look->asked->reach != NULL)
		look->asked->reach->seq = look->asked->reach->at_ms = 0;
	look->from_ms = look->asked->from_ms;
	look->until_ms = look->asked->until_ms != 0 ? look->asked->until_ms :
						      INT64_MAX;
	arena_init(&look->words_arena);
	arena_init(&look->arena);
	status = store_read(sqlite_log_of(log)->store, look_work, look, fault);
	arena_release(&look->words_arena);
	arena_release(&look->arena);
	return status;
}

enum status
sqlite_log_requests(struct events_log *log, const struct events_look *asked,
		    event_request_visit *visit, void *cookie,
		    struct fault *fault)
{
	struct look look = { .asked = asked,
			     .log = MARKED_REQUESTS,
			     .request = visit,
			     .cookie = cookie };

	return look_run(log, &look, fault);
}

enum status
sqlite_log_searches(struct events_log *log, const struct events_look *asked,
		    event_search_visit *visit, void *cookie,
		    struct fault *fault)
{
	struct look look = { .asked = asked,
			     .log = MARKED_SEARCHES,
			     .search = visit,
			     .cookie = cookie };

	return look_run(log, &look, fault);
}

enum status
sqlite_log_activities(struct events_log *log, const struct events_look *asked,
		      event_activity_visit *visit, void *cookie,
		      struct fault *fault)
{
	struct look look = { .asked = asked,
			     .log = MARKED_ACTIVITIES,
			     .activity = visit,
			     .cookie = cookie };

	return look_run(log, &look, fault);
}
