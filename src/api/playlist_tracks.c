/* playlist_tracks.c - routes about what a playlist holds, its rules and its
 * figures. */
#include <stdlib.h>

#include "api/api.h"
#include "api/handlers.h"
#include "api/playlists.h"
#include "library/outbox.h"

/* ---- reading --------------------------------------------------------------
 */

struct entries_work {
	struct call *call;
	struct page_request page;
	struct playlist playlist;
	struct playlist_entries entries;
	struct taste *tastes;
};

static enum status
entries_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct entries_work *work = cookie;
	struct call *call = work->call;
	int64_t ids[PAGE_LIMIT_MAX];
	enum status status = playlist_to_see(
		session, call, call_int(call, "id"), &work->playlist, fault);

	if (status == STATUS_OK)
		status = playlist_page(session, &work->playlist, &work->page,
				       call->arena, &work->entries, fault);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < work->entries.count; i++)
		ids[i] = work->entries.items[i].track.id;
	return taste_get_many(session, call->caller.user_id, TASTE_TRACK, ids,
			      work->entries.count, call->arena, &work->tastes,
			      fault);
}

static void
entry_form(struct json_writer *json, const struct playlist_entry *entry,
	   const struct taste *taste)
{
	form_track_taste(json, &entry->track, taste);
	if (entry->item_id != 0)
		json_member_int(json, "item_id", entry->item_id);
	else
		json_member_null(json, "item_id");
	json_member_int(json, "position", entry->position);
	json_member_time(json, "added_at", entry->added_at_ms);
	json_object_end(json);
}

void
handle_playlist_tracks(struct call *call)
{
	struct entries_work work = { .call = call, .page = call_page(call) };
	struct page_answer answer;

	if (!call_read_store(call, entries_run, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.entries.count; i++)
		entry_form(&answer.json, &work.entries.items[i],
			   &work.tastes[i]);
	page_end(&answer, call, &work.entries.page);
}

/* ---- edits ----------------------------------------------------------------
 */

/* One edit of somebody's list, with the right and the audit around it. */
struct edit_work {
	struct call *call;
	bool counts; /* it changes counters: see playlist_tracks.h */
	struct playlist playlist;

	struct playlist_addition addition;
	struct playlist_added added;
	struct playlist_state state;
	const int64_t *item_ids;
	size_t item_count, removed;
	int64_t item_id, position, from, to;
	enum status (*edit)(struct edit_work *work,
			    struct store_session *session, struct fault *fault);
};

static enum status
edit_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct edit_work *work = cookie;
	struct call *call = work->call;
	struct playlist after;
	enum status status = STATUS_OK;

	if (work->counts)
		status = outbox_begin(session, fault);
	if (status == STATUS_OK)
		status = playlist_to_change(session, call, call_int(call, "id"),
					    &work->playlist, fault);
	if (status == STATUS_OK)
		status = work->edit(work, session, fault);
	if (status != STATUS_OK ||
	    work->playlist.owner_id == call->caller.user_id)
		return status;
	status = playlists_get(session, work->playlist.id, call->arena, &after,
			       fault);
	if (status == STATUS_OK)
		status = playlist_audit(session, call, "update",
					&work->playlist, &after, fault);
	return status;
}

static void
state_members(struct json_writer *json, const struct playlist_state *state)
{
	json_member_int(json, "version", state->version);
	json_member_int(json, "track_count", state->track_count);
	json_member_int(json, "duration_ms", state->duration_ms);
}

static void
ids_member(struct json_writer *json, const char *name, const int64_t *ids,
	   size_t count)
{
	json_member_array_begin(json, name);
	for (size_t i = 0; i < count; i++)
		json_int(json, ids[i]);
	json_array_end(json);
}

static void
added_answer(struct call *call, unsigned status,
	     const struct playlist_added *added)
{
	struct json_writer json;
	struct buffer body;

	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_int(&json, "added", (int64_t)added->added);
	ids_member(&json, "skipped", added->duplicates, added->duplicate_count);
	ids_member(&json, "unknown", added->unknown, added->unknown_count);
	ids_member(&json, "item_ids", added->item_ids,
		   added->item_ids == NULL ? 0 : added->added);
	state_members(&json, &added->state);
	json_object_end(&json);
	call_answer_json(call, status, &body);
}

static void
duplicates_answer(struct call *call, const struct playlist_added *added)
{
	struct json_writer json;
	struct buffer details;

	buffer_init(&details, 0);
	json_writer_init(&json, &details);
	json_object_begin(&json);
	ids_member(&json, "duplicates", added->duplicates,
		   added->duplicate_count);
	json_object_end(&json);
	request_answer_error(call->request, 409, "conflict",
			     (struct span){ details.bytes, details.length });
	buffer_release(&details);
}

static enum status
edit_add(struct edit_work *work, struct store_session *session,
	 struct fault *fault)
{
	work->added = (struct playlist_added){ 0 };
	return playlist_tracks_add(session, work->playlist.id, &work->addition,
				   work->call->arena, &work->added, fault);
}

static enum playlist_duplicates
duplicates_given(const struct call *call)
{
	const char *word = call_field_text(call, "duplicates");

	if (word == NULL || strcmp(word, "add") == 0)
		return DUPLICATES_ADD;
	return strcmp(word, "skip") == 0 ? DUPLICATES_SKIP : DUPLICATES_REPORT;
}

void
handle_playlist_tracks_add(struct call *call)
{
	const struct param_value *ids = call_field(call, "track_ids");
	const struct param_value *position = call_field(call, "position");
	struct edit_work work = {
		.call = call,
		.counts = true,
		.edit = edit_add,
		.addition = { .track_ids = ids->ids,
			      .count = ids->id_count,
			      .position = position->given ? position->number
							  : PLAYLIST_AT_END,
			      .duplicates = duplicates_given(call),
			      .added_by = call->caller.user_id,
			      .expected_version = playlist_expected(call) },
	};
	struct fault fault = { 0 };

	if (store_write(call->api->args.store, edit_run, &work, &fault) ==
	    STATUS_OK)
		added_answer(call, 201, &work.added);
	else if (fault.status == STATUS_CONFLICT &&
		 work.added.duplicate_count > 0)
		duplicates_answer(call, &work.added);
	else
		call_answer_fault(call, &fault);
}

static enum status
edit_replace(struct edit_work *work, struct store_session *session,
	     struct fault *fault)
{
	return playlist_tracks_replace(session, work->playlist.id,
				       &work->addition, work->call->arena,
				       &work->added, fault);
}

static enum status
edit_arrange(struct edit_work *work, struct store_session *session,
	     struct fault *fault)
{
	return playlist_tracks_arrange(
		session, work->playlist.id, work->item_ids, work->item_count,
		work->addition.expected_version, &work->added.state, fault);
}

void
handle_playlist_tracks_replace(struct call *call)
{
	const struct param_value *tracks = call_field(call, "track_ids");
	const struct param_value *items = call_field(call, "item_ids");
	struct edit_work work = {
		.call = call,
		.counts = true,
		.edit = items->given ? edit_arrange : edit_replace,
		.item_ids = items->ids,
		.item_count = items->id_count,
		.addition = { .track_ids = tracks->ids,
			      .count = tracks->id_count,
			      .position = PLAYLIST_AT_END,
			      .added_by = call->caller.user_id,
			      .expected_version = playlist_expected(call) },
	};

	if (tracks->given == items->given) {
		call_answer_field(
			call, "track_ids",
			call->language == LANGUAGE_RU
				? "нужно либо track_ids, либо item_ids"
				: "say either track_ids or item_ids");
		return;
	}
	if (call_write_store(call, edit_run, &work))
		added_answer(call, 200, &work.added);
}

static enum status
edit_remove(struct edit_work *work, struct store_session *session,
	    struct fault *fault)
{
	return playlist_tracks_remove(session, work->playlist.id,
				      work->item_ids, work->item_count,
				      playlist_expected(work->call),
				      &work->removed, &work->state, fault);
}

void
handle_playlist_tracks_remove(struct call *call)
{
	const struct param_value *items = call_field(call, "item_ids");
	struct edit_work work = { .call = call,
				  .counts = true,
				  .edit = edit_remove,
				  .item_ids = items->ids,
				  .item_count = items->id_count };
	struct json_writer json;
	struct buffer body;

	if (!call_write_store(call, edit_run, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_int(&json, "removed", (int64_t)work.removed);
	state_members(&json, &work.state);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

/* By position; with item_id only when that is what stands there. */
static enum status
edit_remove_at(struct edit_work *work, struct store_session *session,
	       struct fault *fault)
{
	int64_t expected = call_int(work->call, "item_id");
	enum status status =
		playlist_tracks_at(session, work->playlist.id, work->position,
				   &work->item_id, fault);

	if (status != STATUS_OK)
		return status;
	if (expected != 0 && expected != work->item_id)
		return fault_field(fault, STATUS_CONFLICT, "item_id",
				   "another entry stands there by now");
	work->item_ids = &work->item_id;
	work->item_count = 1;
	return edit_remove(work, session, fault);
}

void
handle_playlist_track_remove(struct call *call)
{
	struct edit_work work = { .call = call,
				  .counts = true,
				  .edit = edit_remove_at,
				  .position = call_int(call, "position") };

	if (call_write_store(call, edit_run, &work))
		call_answer_empty(call, 204);
}

static enum status
edit_move(struct edit_work *work, struct store_session *session,
	  struct fault *fault)
{
	enum status status = STATUS_OK;

	if (work->from >= 0) {
		status = playlist_tracks_at(session, work->playlist.id,
					    work->from, &work->item_id, fault);
		work->item_ids = &work->item_id;
		work->item_count = 1;
	}
	if (status != STATUS_OK)
		return status;
	return playlist_tracks_move(session, work->playlist.id, work->item_ids,
				    work->item_count, work->to,
				    playlist_expected(work->call),
				    &work->position, &work->state, fault);
}

/* Which entries: item_ids, item_id or from; false: answered. */
static bool
move_read(struct call *call, struct edit_work *work)
{
	const struct param_value *items = call_field(call, "item_ids");
	const struct param_value *item = call_field(call, "item_id");
	const struct param_value *from = call_field(call, "from");

	work->from = from->given ? from->number : -1;
	work->to = call_field(call, "to")->number;
	work->item_ids = items->ids;
	work->item_count = items->id_count;
	if (item->given) {
		work->item_id = item->number;
		work->item_ids = &work->item_id;
		work->item_count = 1;
	}
	if (items->given + item->given + from->given == 1 &&
	    (work->from >= 0 || work->item_count > 0))
		return true;
	call_answer_field(call, "item_ids",
			  call->language == LANGUAGE_RU
				  ? "нужно одно из: item_ids, item_id, from"
				  : "say one of item_ids, item_id and from");
	return false;
}

void
handle_playlist_move(struct call *call)
{
	struct edit_work work = { .call = call, .edit = edit_move };
	struct json_writer json;
	struct buffer body;

	if (!move_read(call, &work) || !call_write_store(call, edit_run, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_int(&json, "position", work.position);
	state_members(&json, &work.state);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

/* ---- figures --------------------------------------------------------------
 */

struct stats_work {
	struct call *call;
	struct playlist playlist;
	struct playlist_stats stats;
	int64_t favorites;
};

static enum status
stats_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct stats_work *work = cookie;
	struct call *call = work->call;
	int64_t *ids = NULL;
	size_t count = 0;
	enum status status = playlist_to_see(
		session, call, call_int(call, "id"), &work->playlist, fault);

	if (status == STATUS_OK)
		status = playlist_all(session, &work->playlist, call->arena,
				      &ids, &count, fault);
	if (status == STATUS_OK)
		status = playlist_stats_of(session, work->playlist.id, ids,
					   count, call->arena, &work->stats,
					   fault);
	if (status == STATUS_OK)
		status = favorites_count(session, TASTE_PLAYLIST,
					 work->playlist.id, &work->favorites,
					 fault);
	return status;
}

void
handle_playlist_stats(struct call *call)
{
	struct stats_work work = { .call = call };
	const struct playlist_stats *stats = &work.stats;
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, stats_run, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_int(&json, "track_count", stats->track_count);
	json_member_int(&json, "duration_ms", stats->duration_ms);
	json_member_int(&json, "play_count", work.playlist.play_count);
	json_member_int(&json, "artist_count", stats->artist_count);
	json_member_int(&json, "album_count", stats->album_count);
	json_member_int(&json, "favorite_count", work.favorites);
	json_member_int(&json, "hidden_count", work.playlist.hidden_count);
	json_member_time(&json, "last_added_at", stats->last_added_at_ms);
	json_member_array_begin(&json, "genres");
	for (size_t i = 0; i < stats->genre_count; i++) {
		json_object_begin(&json);
		json_member_text(&json, "name", stats->genres[i].name);
		json_member_int(&json, "count", stats->genres[i].count);
		json_object_end(&json);
	}
	json_array_end(&json);
	json_member_array_begin(&json, "years");
	for (size_t i = 0; i < stats->decade_count; i++) {
		json_object_begin(&json);
		json_member_int(&json, "decade", stats->decades[i].decade);
		json_member_int(&json, "count", stats->decades[i].count);
		json_object_end(&json);
	}
	json_array_end(&json);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

/* ---- rules ----------------------------------------------------------------
 */

static void
label_member(struct json_writer *json, const char *const label[2])
{
	json_member_object_begin(json, "label");
	json_member_text(json, "en", label[0]);
	json_member_text(json, "ru", label[1]);
	json_object_end(json);
}

static void
field_form(struct json_writer *json, const struct rule_field *field)
{
	json_object_begin(json);
	json_member_text(json, "name", field->name);
	json_member_text(json, "type", rule_type_name(field->type));
	label_member(json, field->label);
	json_member_text(json, "unit", field->unit);
	if (field->type == RULE_NUMBER) {
		json_member_double(json, "min", field->min);
		json_member_double(json, "max", field->max);
	} else {
		json_member_null(json, "min");
		json_member_null(json, "max");
	}
	json_member_bool(json, "whole", field->whole);
	json_member_bool(json, "per_user", field->per_user);
	json_name(json, "choices");
	if (field->choices != NULL) {
		struct span rest = span_of(field->choices), choice;

		json_array_begin(json);
		while (span_next(&rest, '|', &choice))
			json_text_span(json, choice);
		json_array_end(json);
	} else {
		json_null_value(json);
	}
	json_member_array_begin(json, "ops");
	for (const struct rule_op *op = rule_ops; op->name != NULL; op++) {
		if (rule_op_fits(op, field))
			json_text(json, op->name);
	}
	json_array_end(json);
	json_object_end(json);
}

/* Each operator once, whatever it is for. */
static bool
op_seen_before(const struct rule_op *op)
{
	for (const struct rule_op *row = rule_ops; row < op; row++) {
		if (strcmp(row->name, op->name) == 0)
			return true;
	}
	return false;
}

static void
ops_form(struct json_writer *json)
{
	json_member_array_begin(json, "ops");
	for (const struct rule_op *op = rule_ops; op->name != NULL; op++) {
		if (op_seen_before(op))
			continue;
		json_object_begin(json);
		json_member_text(json, "name", op->name);
		label_member(json, op->label);
		json_member_text(json, "value", rule_value_name(op->value));
		json_object_end(json);
	}
	json_array_end(json);
}

void
handle_playlist_rule_fields(struct call *call)
{
	struct json_writer json;
	struct buffer body;

	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_array_begin(&json, "fields");
	for (const struct rule_field *row = rule_fields; row->name != NULL;
	     row++)
		field_form(&json, row);
	json_array_end(&json);
	ops_form(&json);
	json_member_array_begin(&json, "sorts");
	for (const struct rule_sort *row = rule_sorts; row->name != NULL;
	     row++) {
		json_object_begin(&json);
		json_member_text(&json, "name", row->name);
		label_member(&json, row->label);
		json_object_end(&json);
	}
	json_array_end(&json);
	json_member_object_begin(&json, "limits");
	json_member_int(&json, "rules", RULES_COUNT_MAX);
	json_member_int(&json, "depth", RULES_DEPTH_MAX);
	json_member_int(&json, "limit", RULES_LIMIT_MAX);
	json_member_int(&json, "text", RULES_TEXT_MAX);
	json_member_int(&json, "days", RULES_DAYS_MAX);
	json_object_end(&json);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

struct preview_work {
	struct call *call;
	struct playlist_rules *rules;
	struct rules_found found;
	struct track *tracks;
	size_t count;
};

static enum status
preview_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct preview_work *work = cookie;
	struct call *call = work->call;
	size_t limit = (size_t)call_field(call, "limit")->number;
	enum status status =
		playlist_evaluate(session, work->rules, call->caller.user_id, 0,
				  call->arena, &work->found, fault);

	if (status != STATUS_OK)
		return status;
	if (limit > work->found.count)
		limit = work->found.count;
	return tracks_get_many(session, work->found.ids, limit, call->arena,
			       &work->tracks, &work->count, fault);
}

void
handle_playlist_rule_preview(struct call *call)
{
	struct preview_work work = { .call = call };
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;

	if (playlist_rules_check(call_field(call, "rules")->json, call->arena,
				 &work.rules, &fault) != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	if (!call_read_store(call, preview_run, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_array_begin(&json, "items");
	for (size_t i = 0; i < work.count; i++)
		form_track(&json, &work.tracks[i], false);
	json_array_end(&json);
	json_member_int(&json, "total", (int64_t)work.found.count);
	json_member_int(&json, "duration_ms", work.found.duration_ms);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}
