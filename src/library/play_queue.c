/* play_queue.c - see play_queue.h. The list is kept as numbers with blanks
 * between. */
#include "library/play_queue.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/* ---- the list as text -----------------------------------------------------
 */

static const char *
ids_print(struct arena *arena, const int64_t *ids, size_t count)
{
	struct buffer text;
	const char *printed;

	buffer_init(&text, 0);
	for (size_t i = 0; i < count; i++)
		buffer_print(&text, "%s%lld", i == 0 ? "" : " ",
			     (long long)ids[i]);
	printed = arena_copy_text(arena, text.length > 0 ? text.bytes : "");
	buffer_release(&text);
	return printed;
}

static size_t
ids_read(const char *text, int64_t *ids, size_t room)
{
	struct span rest = span_of(text), part;
	size_t count = 0;

	while (count < room && span_next(&rest, ' ', &part)) {
		if (span_to_i64(part, &ids[count]))
			count++;
	}
	return count;
}

/* ---- reading --------------------------------------------------------------
 */

static void
state_read(struct store_rows *rows, struct arena *arena, struct play_queue *out)
{
	*out = (struct play_queue){
		.version = sql_column_int(rows, 0),
		.current_index = sql_column_int(rows, 1),
		.position_ms = sql_column_int(rows, 2),
		.track_count = (size_t)sql_column_int(rows, 3),
		.device = sql_column_text(rows, 4, arena),
		.shuffle = sql_column_int(rows, 5) != 0,
		.repeat = sql_column_text(rows, 6, arena),
		.context_kind = sql_column_text(rows, 7, arena),
		.context_id = sql_column_int(rows, 8),
		.updated_at_ms = sql_column_int(rows, 9),
	};
}

/* Without the list. */
static enum status
state_get(struct store_session *session, int64_t user_id, struct arena *arena,
	  struct play_queue *out, struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		session,
		"select version, current_index, position_ms, track_count, "
		"device, shuffle, repeat, context_kind, context_id, updated_at "
		"from play_queues where user_id = $1",
		SQL_ARGS(SQL_INT(user_id)), &rows, fault);

	*out = (struct play_queue){ .repeat = "off" };
	if (status == STATUS_OK && sql_next(rows, &status, fault))
		state_read(rows, arena, out);
	sql_end(rows);
	return status;
}

enum status
play_queue_get(struct store_session *session, int64_t user_id,
	       struct arena *arena, struct play_queue *out, struct fault *fault)
{
	struct store_rows *rows;
	struct play_queue queue;
	enum status status = state_get(session, user_id, arena, &queue, fault);

	if (status != STATUS_OK)
		return status;
	queue.track_ids = arena_new(arena, int64_t, queue.track_count + 1);
	status = sql_query(session,
			   "select track_ids from play_queue_tracks "
			   "where user_id = $1",
			   SQL_ARGS(SQL_INT(user_id)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault))
		queue.track_count =
			ids_read(sql_column_text(rows, 0, arena),
				 queue.track_ids, queue.track_count);
	sql_end(rows);
	if (status == STATUS_OK)
		*out = queue;
	return status;
}

/* ---- saving ---------------------------------------------------------------
 */

static enum status
save_check(const struct play_queue_save *save, const struct play_queue *queue,
	   struct fault *fault)
{
	if (save->expected_version != 0 &&
	    save->expected_version != queue->version)
		return fault_field(fault, STATUS_CONFLICT, "expected_version",
				   "the queue is at version %lld by now",
				   (long long)queue->version);
	if (save->current_index < 0 ||
	    (save->current_index > 0 &&
	     save->current_index >= (int64_t)queue->track_count))
		return fault_field(fault, STATUS_INVALID, "current_index",
				   "is not in the list of %zu tracks",
				   queue->track_count);
	return STATUS_OK;
}

static enum status
state_write(struct store_session *session, int64_t user_id,
	    const struct play_queue *queue, struct fault *fault)
{
	return sql_exec(
		session,
		"insert into play_queues (user_id, version, current_index, "
		"position_ms, track_count, device, shuffle, repeat, "
		"context_kind, context_id, updated_at) values ($1, $2, $3, "
		"$4, $5, $6, $7, $8, $9, $10, $11) "
		"on conflict (user_id) do update set "
		"version = excluded.version, "
		"current_index = excluded.current_index, "
		"position_ms = excluded.position_ms, "
		"track_count = excluded.track_count, "
		"device = excluded.device, shuffle = excluded.shuffle, "
		"repeat = excluded.repeat, "
		"context_kind = excluded.context_kind, "
		"context_id = excluded.context_id, "
		"updated_at = excluded.updated_at",
		SQL_ARGS(SQL_INT(user_id), SQL_INT(queue->version),
			 SQL_INT(queue->current_index),
			 SQL_INT(queue->position_ms),
			 SQL_INT(queue->track_count), sql_text(queue->device),
			 SQL_INT(queue->shuffle), sql_text(queue->repeat),
			 sql_text(queue->context_kind),
			 sql_int_or_null(queue->context_id,
					 queue->context_kind != NULL),
			 SQL_INT(queue->updated_at_ms)),
		NULL, fault);
}

static enum status
list_write(struct store_session *session, int64_t user_id,
	   const struct play_queue_save *save, struct arena *arena,
	   struct fault *fault)
{
	return sql_exec(session,
			"insert into play_queue_tracks (user_id, track_ids) "
			"values ($1, $2) on conflict (user_id) do update "
			"set track_ids = excluded.track_ids",
			SQL_ARGS(SQL_INT(user_id),
				 sql_text(ids_print(arena, save->track_ids,
						    save->track_count))),
			NULL, fault);
}

/* The oldest beyond the bound are forgotten. */
static enum status
context_write(struct store_session *session, int64_t user_id,
	      const struct play_queue *queue, int64_t track_id,
	      struct fault *fault)
{
	enum status status = sql_exec(
		session,
		"insert into play_contexts (user_id, kind, entity_id, "
		"track_id, track_index, position_ms, updated_at) "
		"select $1, $2, $3, t.id, $4, $5, $6 from tracks t "
		"where t.id = $7 "
		"on conflict (user_id, kind, entity_id) do update set "
		"track_id = excluded.track_id, "
		"track_index = excluded.track_index, "
		"position_ms = excluded.position_ms, "
		"updated_at = excluded.updated_at",
		SQL_ARGS(SQL_INT(user_id), sql_text(queue->context_kind),
			 SQL_INT(queue->context_id),
			 SQL_INT(queue->current_index),
			 SQL_INT(queue->position_ms),
			 SQL_INT(queue->updated_at_ms), SQL_INT(track_id)),
		NULL, fault);

	if (status != STATUS_OK)
		return status;
	return sql_exec(session,
			"delete from play_contexts where user_id = $1 "
			"and updated_at < (select updated_at "
			"from play_contexts where user_id = $2 "
			"order by updated_at desc limit 1 offset $3)",
			SQL_ARGS(SQL_INT(user_id), SQL_INT(user_id),
				 SQL_INT(PLAY_CONTEXTS_MAX - 1)),
			NULL, fault);
}

/* The track that plays; 0: none. */
static enum status
current_track(struct store_session *session, int64_t user_id,
	      const struct play_queue_save *save, struct arena *arena,
	      int64_t *out, struct fault *fault)
{
	struct play_queue queue;
	enum status status;

	*out = 0;
	if (save->track_ids != NULL) {
		if (save->track_count > 0)
			*out = save->track_ids[save->current_index];
		return STATUS_OK;
	}
	status = play_queue_get(session, user_id, arena, &queue, fault);
	if (status == STATUS_OK &&
	    save->current_index < (int64_t)queue.track_count)
		*out = queue.track_ids[save->current_index];
	return status;
}

static void
save_apply(const struct play_queue_save *save, struct play_queue *queue)
{
	queue->version++;
	queue->current_index = save->current_index;
	queue->position_ms = save->position_ms;
	queue->device = save->device;
	queue->updated_at_ms = clock_now_ms();
	if (save->shuffle != NULL)
		queue->shuffle = *save->shuffle;
	if (save->repeat != NULL)
		queue->repeat = save->repeat;
	if (save->sets_context) {
		queue->context_kind = save->context_kind;
		queue->context_id = save->context_id;
	}
}

enum status
play_queue_put(struct store_session *session, int64_t user_id,
	       const struct play_queue_save *save, struct arena *arena,
	       struct play_queue *out, struct fault *fault)
{
	struct play_queue queue;
	int64_t track_id = 0;
	enum status status = state_get(session, user_id, arena, &queue, fault);

	if (status != STATUS_OK)
		return status;
	if (save->track_ids != NULL)
		queue.track_count = save->track_count;
	status = save_check(save, &queue, fault);
	if (status != STATUS_OK)
		return status;
	save_apply(save, &queue);
	status = state_write(session, user_id, &queue, fault);
	if (status == STATUS_OK && save->track_ids != NULL)
		status = list_write(session, user_id, save, arena, fault);
	if (status == STATUS_OK && queue.context_kind != NULL)
		status = current_track(session, user_id, save, arena, &track_id,
				       fault);
	if (status == STATUS_OK && track_id != 0)
		status = context_write(session, user_id, &queue, track_id,
				       fault);
	if (status == STATUS_OK)
		*out = queue;
	return status;
}

enum status
play_contexts_list(struct store_session *session, int64_t user_id, size_t limit,
		   struct arena *arena, struct play_context **out,
		   size_t *count, struct fault *fault)
{
	struct play_context *list =
		arena_new(arena, struct play_context, limit + 1);
	struct store_rows *rows;
	size_t found = 0;
	enum status status = sql_query(
		session,
		"select kind, entity_id, track_id, track_index, position_ms, "
		"updated_at from play_contexts where user_id = $1 "
		"order by updated_at desc, kind, entity_id limit $2",
		SQL_ARGS(SQL_INT(user_id), SQL_INT(limit)), &rows, fault);

	while (status == STATUS_OK && found < limit &&
	       sql_next(rows, &status, fault))
		list[found++] = (struct play_context){
			.kind = sql_column_text(rows, 0, arena),
			.id = sql_column_int(rows, 1),
			.track_id = sql_column_int(rows, 2),
			.index = sql_column_int(rows, 3),
			.position_ms = sql_column_int(rows, 4),
			.updated_at_ms = sql_column_int(rows, 5),
		};
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = list;
		*count = found;
	}
	return status;
}
