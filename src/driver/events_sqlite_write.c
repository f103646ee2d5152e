/* events_sqlite_write.c - one group of batches as one transaction; see
 * events_sqlite.h. */
#include "driver/events_sqlite.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 4096	   /* more become "other" */
#define PEOPLE_KEPT 65536  /* numbers remembered */

struct writing {
	struct sqlite_log *mine;
	struct waiting_batch *group;
	struct store_session *session;
	int64_t seq, first_seq;
	int64_t listens;
	bool wrote[MARKED_LOGS];
	struct buffer tail, plays;
};

/* ---- numbers for words and people ----------------------------------------- */

static uint64_t
word_hash(const char *word, size_t length)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)word[i]) * 0x100000001b3u;
	return hash != 0 ? hash : 1;
}

static struct sql_value
text_cut(const char *text, size_t limit)
{
	size_t length;

	if (text == NULL)
		return SQL_NULL;
	length = strlen(text);
	if (!utf8_valid(text, length))
		return sql_text("?");
	return (struct sql_value){
		.type = SQL_IS_TEXT,
		.span = { text, utf8_cut(text, length, limit) }
	};
}

static enum status
word_add(struct writing *writing, const struct sql_value *word, int64_t *out,
	 struct fault *fault)
{
	struct sql_value kept = *word;
	enum status status;
	int64_t words;

	status = sql_query_int(writing->session, "select count(*) from words",
			       SQL_NO_ARGS, &words, fault);
	if (status == STATUS_OK && words >= WORDS_MAX)
		kept = sql_text("other");
	if (status == STATUS_OK)
		status = sql_exec(writing->session,
				  "insert into words (word) values ($1) "
				  "on conflict do nothing",
				  SQL_ARGS(kept), NULL, fault);
	if (status == STATUS_OK)
		status = sql_query_int(writing->session,
				       "select number from words "
				       "where word = $1",
				       SQL_ARGS(kept), out, fault);
	return status;
}

/* The number of a word; 0 for none. */
static enum status
word_number(struct writing *writing, const char *text, int64_t *out,
	    struct fault *fault)
{
	struct sql_value word = text_cut(text, EVENT_WORD_BYTES_MAX);
	enum status status = STATUS_OK;
	uint64_t hash;

	*out = 0;
	if (word.type == SQL_IS_NULL || word.span.length == 0)
		return STATUS_OK;
	hash = word_hash(word.span.at, word.span.length);
	if (number_map_get(&writing->mine->words, hash, out))
		return STATUS_OK;
	status = sql_query_int(writing->session,
			       "select number from words where word = $1",
			       SQL_ARGS(word), out, fault);
	if (status == STATUS_NOT_FOUND)
		status = word_add(writing, &word, out, fault);
	if (status == STATUS_OK && writing->mine->words.count < 2 * WORDS_MAX)
		number_map_put(&writing->mine->words, hash, *out);
	return status;
}

enum status
sqlite_log_listener(struct store_session *session, int64_t user_id,
		    uint64_t of_session, int64_t *out, struct fault *fault)
{
	enum status status;

	*out = 0;
	if (user_id > 0)
		status = sql_query_int(session,
				       "select number from people "
				       "where user_id = $1",
				       SQL_ARGS(SQL_INT(user_id)), out, fault);
	else if (of_session != 0)
		status = sql_query_int(session,
				       "select number from people "
				       "where session = $1",
				       SQL_ARGS(SQL_INT(of_session)), out,
				       fault);
	else
		return STATUS_OK;
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status
listener_add(struct writing *writing, int64_t user_id, uint64_t session,
	     int64_t *out, struct fault *fault)
{
	struct sql_value user = sql_int_or_null(user_id, user_id > 0);
	struct sql_value anonymous =
		sql_int_or_null((int64_t)session, user_id <= 0);
	enum status status;

	status = sql_exec(writing->session,
			  "insert into people (user_id, session) "
			  "values ($1, $2)",
			  SQL_ARGS(user, anonymous), NULL, fault);
	if (status == STATUS_OK)
		status = sqlite_log_listener(writing->session, user_id,
					     session, out, fault);
	return status;
}

/* The number of who listened, made when there is none yet; 0: nobody known. */
static enum status
listener_number(struct writing *writing, int64_t user_id, uint64_t session,
		int64_t *out, struct fault *fault)
{
	struct sqlite_log *mine = writing->mine;
	struct number_map *map = user_id > 0 ? &mine->people : &mine->sessions;
	uint64_t key = user_id > 0 ? (uint64_t)user_id : session;
	enum status status;

	*out = 0;
	if (key == 0 || number_map_get(map, key, out))
		return STATUS_OK;
	status = sqlite_log_listener(writing->session, user_id, session, out,
				     fault);
	if (status == STATUS_OK && *out == 0)
		status = listener_add(writing, user_id, session, out, fault);
	if (status != STATUS_OK)
		return status;
	if (map->count >= PEOPLE_KEPT)
		number_map_clear(map);
	number_map_put(map, key, *out);
	return STATUS_OK;
}

/* ---- the log's own rows --------------------------------------------------- */

/* *fresh: no event with this key was there. */
static enum status
key_take(struct writing *writing, uint64_t key, int32_t day, bool *fresh,
	 struct fault *fault)
{
	int64_t changed = 1;
	enum status status = STATUS_OK;

	if (key != 0)
		status = sql_exec(writing->session,
				  "insert into keys (key, day) "
				  "values ($1, $2) on conflict do nothing",
				  SQL_ARGS(SQL_INT(key), SQL_INT(day)),
				  &changed, fault);
	*fresh = changed > 0;
	return status;
}

/* A person did something on that day. */
static enum status
active_add(struct writing *writing, int64_t at_ms, int64_t user_id,
	   int64_t listener, struct fault *fault)
{
	struct number_map *seen = &writing->mine->active;
	int32_t day = events_day_of(at_ms);
	uint64_t key = (uint64_t)(uint32_t)day << 40 ^ (uint64_t)listener;
	int64_t there;

	if (user_id <= 0 || number_map_get(seen, key, &there))
		return STATUS_OK;
	if (seen->count >= PEOPLE_KEPT)
		number_map_clear(seen);
	number_map_put(seen, key, 1);
	return sql_exec(writing->session,
			"insert into active values ($1, $2) "
			"on conflict do nothing",
			SQL_ARGS(SQL_INT(day), SQL_INT(listener)), NULL,
			fault);
}

static enum status
listen_words(struct writing *writing, const struct event_listen *listen,
	     struct kept_listen *out, struct fault *fault)
{
	const char *const texts[] = { listen->platform, listen->device,
				      listen->client, listen->country };
	int32_t *const numbers[] = { &out->platform, &out->device,
				     &out->client, &out->country };
	enum status status = STATUS_OK;
	int64_t number;

	for (size_t i = 0; i < ARRAY_LENGTH(texts) && status == STATUS_OK;
	     i++) {
		status = word_number(writing, texts[i], &number, fault);
		*numbers[i] = (int32_t)number;
	}
	return status;
}

static int64_t
at_least_0(int64_t number)
{
	return number > 0 ? number : 0;
}

static void
listen_keep(struct writing *writing, const struct event_listen *listen,
	    struct kept_listen *kept)
{
	kept->seq = ++writing->seq;
	kept->at_ms = at_least_0(listen->at_ms);
	kept->began_at_ms = at_least_0(listen->began_at_ms);
	kept->is_user = listen->user_id > 0;
	kept->track_id = at_least_0(listen->track_id);
	memcpy(kept->artists, listen->artists, sizeof kept->artists);
	kept->album_id = at_least_0(listen->album_id);
	kept->genre_id = at_least_0(listen->genre_id);
	kept->source_id = at_least_0(listen->source_id);
	kept->heard_ms = listen->heard_ms;
	kept->total_ms = listen->total_ms;
	kept->position_ms = listen->position_ms;
	kept->action = listen->action;
	kept->source = listen->source;
	kept->counts = listen->counts;
	pack_listen(&writing->tail, kept, 0, writing->first_seq);
	writing->listens++;
	if (!kept->counts)
		return;
	pack_number(&writing->plays, (uint64_t)kept->seq);
	pack_number(&writing->plays, (uint64_t)kept->at_ms);
	pack_number(&writing->plays, (uint64_t)kept->listener);
	pack_number(&writing->plays, (uint64_t)kept->track_id);
}

static enum status
write_listen(struct writing *writing, const struct event_listen *listen,
	     struct events_receipt *receipt, struct fault *fault)
{
	struct kept_listen kept = { 0 };
	bool fresh;
	enum status status;

	status = key_take(writing, listen->key, events_day_of(listen->at_ms),
			  &fresh, fault);
	if (status != STATUS_OK)
		return status;
	if (!fresh) {
		receipt->duplicates++;
		return STATUS_OK;
	}
	status = listener_number(writing, listen->user_id, listen->session,
				 &kept.listener, fault);
	if (status == STATUS_OK)
		status = listen_words(writing, listen, &kept, fault);
	if (status == STATUS_OK)
		status = active_add(writing, listen->at_ms, listen->user_id,
				    kept.listener, fault);
	if (status == STATUS_OK)
		listen_keep(writing, listen, &kept);
	return status;
}

static struct sql_value
id_or_null(int64_t id)
{
	return sql_int_or_null(id, id > 0);
}

static enum status
count_add(struct writing *writing, int32_t day, enum events_count_kind kind,
	  int64_t id, int64_t count, struct fault *fault)
{
	return sql_exec(writing->session,
			"insert into counts (day, kind, id, count) "
			"values ($1, $2, $3, $4) "
			"on conflict (day, kind, id) do update "
			"set count = counts.count + excluded.count",
			SQL_ARGS(SQL_INT(day), SQL_INT(kind), SQL_INT(id),
				 SQL_INT(count)),
			NULL, fault);
}

static enum status
count_one(struct writing *writing, int64_t at_ms, enum events_count_kind kind,
	  int64_t id, struct fault *fault)
{
	return count_add(writing, events_day_of(at_ms), kind, id, 1, fault);
}

static enum status
write_request(struct writing *writing, const struct event_request *request,
	      struct fault *fault)
{
	int64_t listener, method, route;
	enum status status;

	status = listener_number(writing, request->user_id, 0, &listener,
				 fault);
	if (status == STATUS_OK)
		status = word_number(writing, request->method, &method, fault);
	if (status == STATUS_OK)
		status = word_number(writing, request->route, &route, fault);
	if (status == STATUS_OK)
		status = sql_exec(
			writing->session,
			"insert into requests (at, listener, method, route, "
			"status, took, address, client) "
			"values ($1, $2, $3, $4, $5, $6, $7, $8)",
			SQL_ARGS(SQL_INT(request->at_ms), SQL_INT(listener),
				 id_or_null(method), id_or_null(route),
				 SQL_INT(request->status),
				 SQL_INT(request->took_us),
				 text_cut(request->address,
					  EVENT_WORD_BYTES_MAX),
				 text_cut(request->client,
					  EVENT_WORD_BYTES_MAX)),
			NULL, fault);
	if (status == STATUS_OK)
		status = active_add(writing, request->at_ms, request->user_id,
				    listener, fault);
	return status;
}

/* Those that follow each other are mostly of one day and status: counted by one
 * statement. */
static enum status
write_requests(struct writing *writing, const struct event_request *requests,
	       size_t count, struct fault *fault)
{
	enum status status = STATUS_OK;
	int64_t alike = 0;

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		int32_t day = events_day_of(requests[i].at_ms);

		status = write_request(writing, &requests[i], fault);
		alike++;
		if (status != STATUS_OK ||
		    (i + 1 < count &&
		     requests[i + 1].status == requests[i].status &&
		     events_day_of(requests[i + 1].at_ms) == day))
			continue;
		status = count_add(writing, day, EVENTS_REQUESTS,
				   requests[i].status, alike, fault);
		alike = 0;
	}
	return status;
}

static enum status
query_count(struct writing *writing, const struct event_search *search,
	    const struct sql_value *query, struct fault *fault)
{
	enum status status;

	if (search->clicked != NULL)
		return STATUS_OK;
	status = count_one(writing, search->at_ms, EVENTS_SEARCHES,
			   search->results == 0, fault);
	if (status != STATUS_OK)
		return status;
	return sql_exec(
		writing->session,
		"insert into queries (day, query, count, empty) "
		"values ($1, $2, 1, $3) on conflict (day, query) do update "
		"set count = queries.count + 1, "
		"empty = queries.empty + excluded.empty",
		SQL_ARGS(SQL_INT(events_day_of(search->at_ms)), *query,
			 SQL_INT(search->results == 0)),
		NULL, fault);
}

static enum status
write_search(struct writing *writing, const struct event_search *search,
	     struct fault *fault)
{
	struct sql_value query =
		text_cut(search->query, EVENT_QUERY_BYTES_MAX);
	int64_t listener, surface, clicked;
	enum status status;

	status = listener_number(writing, search->user_id, search->session,
				 &listener, fault);
	if (status == STATUS_OK)
		status = word_number(writing, search->surface, &surface, fault);
	if (status == STATUS_OK)
		status = word_number(writing, search->clicked, &clicked, fault);
	if (status == STATUS_OK)
		status = sql_exec(
			writing->session,
			"insert into searches (at, listener, query, surface, "
			"results, took, clicked, clicked_id) "
			"values ($1, $2, $3, $4, $5, $6, $7, $8)",
			SQL_ARGS(SQL_INT(search->at_ms), SQL_INT(listener),
				 query, id_or_null(surface),
				 SQL_INT(search->results),
				 SQL_INT(search->took_us), id_or_null(clicked),
				 id_or_null(search->clicked_id)),
			NULL, fault);
	if (status == STATUS_OK)
		status = query_count(writing, search, &query, fault);
	if (status == STATUS_OK)
		status = active_add(writing, search->at_ms, search->user_id,
				    listener, fault);
	return status;
}

static enum status
write_activity(struct writing *writing, const struct event_activity *activity,
	       struct fault *fault)
{
	int64_t listener, action, object;
	enum status status;

	status = listener_number(writing, activity->user_id, activity->session,
				 &listener, fault);
	if (status == STATUS_OK)
		status = word_number(writing, activity->action, &action, fault);
	if (status == STATUS_OK)
		status = word_number(writing, activity->object, &object, fault);
	if (status == STATUS_OK)
		status = sql_exec(writing->session,
				  "insert into activities (at, listener, "
				  "action, object, object_id, minutes, tracks, "
				  "searches) "
				  "values ($1, $2, $3, $4, $5, $6, $7, $8)",
				  SQL_ARGS(SQL_INT(activity->at_ms),
					   SQL_INT(listener),
					   id_or_null(action),
					   id_or_null(object),
					   id_or_null(activity->object_id),
					   sql_int_or_null(
						   activity->visit_minutes,
						   activity->sums_up),
					   SQL_INT(activity->tracks_played),
					   SQL_INT(activity->searches_made)),
				  NULL, fault);
	if (status == STATUS_OK)
		status = count_one(writing, activity->at_ms, EVENTS_ACTIONS,
				   action, fault);
	if (status == STATUS_OK && !activity->sums_up)
		status = active_add(writing, activity->at_ms,
				    activity->user_id, listener, fault);
	return status;
}

static enum status
write_batch(struct writing *writing, struct waiting_batch *one,
	    struct fault *fault)
{
	const struct events_batch *batch = one->batch;
	enum status status = STATUS_OK;

	one->receipt = (struct events_receipt){ 0 };
	writing->wrote[MARKED_REQUESTS] |= batch->request_count > 0;
	writing->wrote[MARKED_SEARCHES] |= batch->search_count > 0;
	writing->wrote[MARKED_ACTIVITIES] |= batch->activity_count > 0;
	for (size_t i = 0; i < batch->listen_count && status == STATUS_OK; i++)
		status = write_listen(writing, &batch->listens[i],
				      &one->receipt, fault);
	if (status == STATUS_OK)
		status = write_requests(writing, batch->requests,
					batch->request_count, fault);
	for (size_t i = 0; i < batch->search_count && status == STATUS_OK; i++)
		status = write_search(writing, &batch->searches[i], fault);
	for (size_t i = 0; i < batch->activity_count && status == STATUS_OK;
	     i++)
		status = write_activity(writing, &batch->activities[i], fault);
	return status;
}

/* ---- the transaction ------------------------------------------------------ */

static enum status
tail_write(struct writing *writing, struct fault *fault)
{
	enum status status;

	if (writing->listens == 0)
		return STATUS_OK;
	status = sql_exec(writing->session,
			  "insert into tail values ($1, $2, $3)",
			  SQL_ARGS(SQL_INT(writing->first_seq),
				   SQL_INT(writing->listens),
				   sql_bytes(writing->tail.bytes,
					     writing->tail.length)),
			  NULL, fault);
	if (status == STATUS_OK && writing->plays.length > 0)
		status = sql_exec(writing->session,
				  "insert into plays values ($1, $2)",
				  SQL_ARGS(SQL_INT(writing->seq),
					   sql_bytes(writing->plays.bytes,
						     writing->plays.length)),
				  NULL, fault);
	if (status == STATUS_OK)
		status = sql_exec(writing->session,
				  "update about set value = $1 "
				  "where key = 'seq'",
				  SQL_ARGS(SQL_INT(writing->seq)), NULL,
				  fault);
	return status;
}

/* Of a log from before there were marks only a part: housekeeping makes the
 * rest. */
#define MARKS_MOST 20

static enum status
marks_write(struct writing *writing, struct fault *fault)
{
	enum status status = STATUS_OK;
	bool more = false;

	for (int i = 0; i < MARKED_LOGS && status == STATUS_OK; i++)
		if (writing->wrote[i])
			status = sqlite_log_mark(writing->session,
						 (enum marked_log)i, MARKS_MOST,
						 &more, fault);
	return status;
}

static void
maps_clear(struct sqlite_log *mine)
{
	number_map_clear(&mine->people);
	number_map_clear(&mine->sessions);
	number_map_clear(&mine->words);
	number_map_clear(&mine->active);
}

/* Runs again from the start when the transaction was lost. */
static enum status
write_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct writing *writing = cookie;
	enum status status;

	if (writing->mine->uncommitted)
		maps_clear(writing->mine);
	writing->mine->uncommitted = true;
	writing->session = session;
	writing->listens = 0;
	buffer_clear(&writing->tail);
	buffer_clear(&writing->plays);
	status = sql_query_int(session,
			       "select value from about where key = 'seq'",
			       SQL_NO_ARGS, &writing->seq, fault);
	writing->first_seq = writing->seq + 1;
	for (struct waiting_batch *one = writing->group;
	     one != NULL && status == STATUS_OK; one = one->next)
		status = write_batch(writing, one, fault);
	if (status == STATUS_OK)
		status = tail_write(writing, fault);
	if (status == STATUS_OK)
		status = marks_write(writing, fault);
	return status;
}

enum status
sqlite_log_write(struct sqlite_log *mine, struct waiting_batch *group,
		 struct fault *fault)
{
	struct writing writing = { .mine = mine, .group = group };
	enum status status;

	buffer_init(&writing.tail, 0);
	buffer_init(&writing.plays, 0);
	status = store_write(mine->store, write_work, &writing, fault);
	if (status == STATUS_OK) {
		mine->uncommitted = false;
		atomic_fetch_add(&mine->tail_listens, writing.listens);
	}
	buffer_release(&writing.tail);
	buffer_release(&writing.plays);
	return status;
}
