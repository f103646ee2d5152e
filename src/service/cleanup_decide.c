/* cleanup_decide.c - accepting, dismissing and undoing suggestions; see
 * cleanup.h. Each is one transaction with the edit, its audit row and the row of
 * the suggestion. */
#include "service/cleanup.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "service/edit_private.h"

#define ALBUM_TRACKS_MAX 1000

struct deciding {
	const struct caller *caller;
	enum cleanup_action action;
	bool automatic;
	int64_t id; /* of a single one */
	struct arena arena;
};

/* ---- is it still so? ---------------------------------------------------------------- */

/* The field of the thing now, as suggestions write it. */
static enum status
field_now(struct store_session *session, struct arena *arena,
	  const struct suggestion *suggestion, const char **out,
	  struct fault *fault)
{
	json_t *thing = NULL, *value;
	enum status status = thing_look(session, suggestion->kind,
					suggestion->thing_id, &thing, fault);

	if (status != STATUS_OK)
		return status;
	value = json_object_get(thing, strcmp(suggestion->field, "album_id") ==
						       0 ?
					       "title" :
					       suggestion->field);
	if (json_is_integer(value))
		*out = json_integer_value(value) == 0 ?
			       "" :
			       arena_print(arena, "%lld",
					   (long long)json_integer_value(
						   value));
	else
		*out = json_is_string(value) ?
			       arena_copy_text(arena,
					       json_string_value(value)) :
			       "";
	json_decref(thing);
	return STATUS_OK;
}

static enum status
field_check(struct store_session *session, struct deciding *deciding,
	    const struct suggestion *suggestion, const char *expected,
	    struct fault *fault)
{
	const char *now = NULL;
	enum status status = field_now(session, &deciding->arena, suggestion,
				       &now, fault);

	if (status == STATUS_OK && strcmp(now, expected) != 0)
		status = fault_set(fault, STATUS_CONFLICT,
				   "it has been changed since");
	return status;
}

/* ---- the way back ------------------------------------------------------------------------ */

/* An edit's field as an edit takes it; NULL: it cannot be told. */
static json_t *
field_set(const char *name, const json_t *value)
{
	const json_t *link;
	json_t *list;
	size_t i;

	if (strcmp(name, "artists") != 0)
		return json_is_integer(value) && json_integer_value(value) == 0 ?
			       json_null() :
			       json_incref((json_t *)value);
	list = json_array();
	json_array_foreach((json_t *)value, i, link)
		json_array_append_new(
			list,
			json_pack("{s:O, s:s}", "id", json_array_get(link, 0),
				  "role",
				  credit_role_name((enum credit_role)
							   json_integer_value(
								   json_array_get(
									   link,
									   1)))));
	return list;
}

/* What was edited before of the fields that `change` sets is set again, the
 * others go back to what the files say: {"set":{…},"reset":[…]}. */
static enum status
undo_make(struct store_session *session, enum edit_kind kind, int64_t id,
	  const json_t *change, json_t **out, struct fault *fault)
{
	json_t *set = json_object(), *reset = json_array();
	const char *name;
	const json_t *value;
	struct edit edit;
	enum status status = edit_load(session, kind, id, &edit, fault);

	json_object_foreach((json_t *)change, name, value) {
		const json_t *before = json_object_get(edit.fields, name);

		if (before != NULL)
			json_object_set_new(set, name,
					    field_set(name, before));
		else
			json_array_append_new(
				reset,
				json_string(strcmp(name, "album_id") == 0 ?
						    "album" :
						    name));
	}
	edit_release(&edit);
	*out = json_pack("{s:o, s:o}", "set", set, "reset", reset);
	return status;
}

/* ---- one edit --------------------------------------------------------------------------- */

/* With its audit row, which names the rule. */
static enum status
edit_one(struct catalogue *catalogue, struct store_session *session,
	 const struct deciding *deciding, const struct suggestion *suggestion,
	 const json_t *set, const json_t *reset, struct fault *fault)
{
	const struct edit_change change = { .id = suggestion->thing_id,
					    .set = set, .reset = reset,
					    .by = deciding->caller->user_id };
	json_t *before = NULL, *asked;
	enum status status = thing_look(session, suggestion->kind, change.id,
					&before, fault);

	if (status == STATUS_OK)
		status = thing_edit(catalogue, suggestion->kind, &change,
				    fault);
	if (status == STATUS_OK) {
		asked = set == NULL ? json_object() :
				      json_copy((json_t *)set);
		if (json_array_size(reset) > 0)
			json_object_set(asked, "reset", (json_t *)reset);
		json_object_set_new(asked, "rule",
				    json_string(suggestion->rule));
		status = edit_audit(session, deciding->caller, "update",
				    suggestion->kind, change.id,
				    thing_pick(before, set, reset), asked,
				    fault);
	}
	json_decref(before);
	return status;
}

/* The tracks of an album go to its twin. */
static enum status
tracks_join(struct catalogue *catalogue, struct store_session *session,
	    const struct deciding *deciding,
	    const struct suggestion *suggestion, const json_t *set,
	    json_t **undo, struct fault *fault)
{
	int64_t ids[ALBUM_TRACKS_MAX];
	json_t *tracks = json_array();
	size_t count = 0;
	enum status status = tracks_of_thing(session, EDIT_ALBUM,
					     suggestion->thing_id, false, 0,
					     ids, ALBUM_TRACKS_MAX, &count,
					     fault);

	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		const struct edit_change change = {
			.id = ids[i], .set = set,
			.by = deciding->caller->user_id,
		};
		json_t *back = NULL;

		status = undo_make(session, EDIT_TRACK, ids[i], set, &back,
				   fault);
		json_object_set_new(back, "id", json_integer(ids[i]));
		json_array_append_new(tracks, back);
		if (status == STATUS_OK)
			status = track_edit(catalogue, &change, fault);
	}
	*undo = json_pack("{s:o}", "tracks", tracks);
	if (status != STATUS_OK)
		return status;
	return edit_audit(session, deciding->caller, "update", EDIT_ALBUM,
			  suggestion->thing_id, json_object(),
			  json_pack("{s:O, s:s, s:I}", "joined",
				    json_object_get(set, "album_id"), "rule",
				    suggestion->rule, "tracks",
				    (json_int_t)count),
			  fault);
}

static enum status
tracks_part(struct catalogue *catalogue, struct store_session *session,
	    const struct deciding *deciding,
	    const struct suggestion *suggestion, const json_t *tracks,
	    struct fault *fault)
{
	enum status status = STATUS_OK;
	const json_t *track;
	size_t i;

	json_array_foreach((json_t *)tracks, i, track) {
		const struct edit_change change = {
			.id = json_integer_value(json_object_get(track, "id")),
			.set = json_object_get(track, "set"),
			.reset = json_object_get(track, "reset"),
			.by = deciding->caller->user_id,
		};

		if (status == STATUS_OK)
			status = track_edit(catalogue, &change, fault);
	}
	if (status != STATUS_OK)
		return status;
	return edit_audit(session, deciding->caller, "update", EDIT_ALBUM,
			  suggestion->thing_id, json_object(),
			  json_pack("{s:n, s:s, s:i}", "joined", "rule",
				    suggestion->rule, "tracks",
				    (int)json_array_size(tracks)),
			  fault);
}

/* ---- decisions --------------------------------------------------------------------------- */

static enum status
decision_write(struct store_session *session, const struct deciding *deciding,
	       const struct suggestion *suggestion,
	       enum suggestion_state state, const json_t *undo,
	       struct fault *fault)
{
	char *text = undo == NULL ? NULL : json_dumps(undo, JSON_COMPACT);
	const struct suggestion_decision decision = {
		.id = suggestion->id,
		.state = state,
		.automatic = state == SUGGESTION_UNDONE ?
				     suggestion->automatic :
				     deciding->automatic,
		.undo = text,
		.by = deciding->caller->user_id,
		.at_ms = clock_now_ms(),
	};
	enum status status = suggestions_decide(session, &decision, fault);

	free(text);
	/* what is tidy now may be looked at by the other rules */
	if (status == STATUS_OK && state != SUGGESTION_DISMISSED)
		status = cleanup_look_again(session, suggestion->kind,
					    suggestion->thing_id, fault);
	return status;
}

static enum status
accept(struct catalogue *catalogue, struct store_session *session,
       struct deciding *deciding, const struct suggestion *suggestion,
       struct fault *fault)
{
	bool joins = strcmp(suggestion->field, "album_id") == 0;
	json_t *set = NULL, *undo = NULL;
	enum status status;

	if (suggestion->change == NULL)
		return fault_set(fault, STATUS_INVALID,
				 "there is nothing to accept: a person has to "
				 "look at it");
	status = field_check(session, deciding, suggestion, suggestion->was,
			     fault);
	if (status == STATUS_OK)
		status = json_parse(suggestion->change,
				    strlen(suggestion->change), &set, fault);
	if (status == STATUS_OK && joins) {
		status = tracks_join(catalogue, session, deciding, suggestion,
				     set, &undo, fault);
	} else if (status == STATUS_OK) {
		status = undo_make(session, suggestion->kind,
				   suggestion->thing_id, set, &undo, fault);
		if (status == STATUS_OK)
			status = edit_one(catalogue, session, deciding,
					  suggestion, set, NULL, fault);
	}
	if (status == STATUS_OK)
		status = decision_write(session, deciding, suggestion,
					SUGGESTION_ACCEPTED, undo, fault);
	json_decref(set);
	json_decref(undo);
	return status;
}

static enum status
undo(struct catalogue *catalogue, struct store_session *session,
     struct deciding *deciding, const struct suggestion *suggestion,
     struct fault *fault)
{
	bool joined = strcmp(suggestion->field, "album_id") == 0;
	json_t *back = NULL;
	enum status status = STATUS_OK;

	if (!joined)
		status = field_check(session, deciding, suggestion,
				     suggestion->becomes == NULL ?
					     "" :
					     suggestion->becomes,
				     fault);
	if (status == STATUS_OK)
		status = json_parse(suggestion->undo, strlen(suggestion->undo),
				    &back, fault);
	if (status == STATUS_OK && joined)
		status = tracks_part(catalogue, session, deciding, suggestion,
				     json_object_get(back, "tracks"), fault);
	else if (status == STATUS_OK)
		status = edit_one(catalogue, session, deciding, suggestion,
				  json_object_get(back, "set"),
				  json_object_get(back, "reset"), fault);
	if (status == STATUS_OK)
		status = decision_write(session, deciding, suggestion,
					SUGGESTION_UNDONE, NULL, fault);
	json_decref(back);
	return status;
}

static enum status
decide_one(struct catalogue *catalogue, struct store_session *session,
	   struct deciding *deciding, int64_t id, struct fault *fault)
{
	struct suggestion suggestion;
	enum status status = suggestions_get(session, id, &deciding->arena,
					     &suggestion, fault);

	if (status != STATUS_OK)
		return status;
	if (deciding->action == CLEANUP_UNDO) {
		if (suggestion.state != SUGGESTION_ACCEPTED ||
		    suggestion.undo == NULL)
			return fault_set(fault, STATUS_CONFLICT,
					 "it is not accepted");
		return undo(catalogue, session, deciding, &suggestion, fault);
	}
	if (suggestion.state != SUGGESTION_OPEN)
		return fault_set(fault, STATUS_CONFLICT,
				 "it was decided already");
	if (deciding->action == CLEANUP_ACCEPT)
		return accept(catalogue, session, deciding, &suggestion,
			      fault);
	return decision_write(session, deciding, &suggestion,
			      SUGGESTION_DISMISSED, NULL, fault);
}

static enum status
decide_work(struct catalogue *catalogue, struct store_session *session,
	    void *cookie, struct fault *fault)
{
	struct deciding *deciding = cookie;

	arena_reset(&deciding->arena);
	return decide_one(catalogue, session, deciding, deciding->id, fault);
}

enum status
cleanup_decide(const struct editor *editor, const struct caller *caller,
	       enum cleanup_action action, int64_t id, struct fault *fault)
{
	struct deciding deciding = { .caller = caller, .action = action,
				     .id = id };
	enum status status;

	arena_init(&deciding.arena);
	status = edit_write(editor, decide_work, &deciding, fault);
	arena_release(&deciding.arena);
	return status;
}

/* ---- many ------------------------------------------------------------------------------- */

struct bulk {
	struct deciding deciding;
	const char *rule; /* or ids */
	int64_t after;
	int64_t ids[CLEANUP_BULK_MAX];
	size_t count;
	bool given;
	struct edit_outcome *out;
};

static bool
refused(enum status status)
{
	return status == STATUS_NOT_FOUND || status == STATUS_INVALID ||
	       status == STATUS_CONFLICT;
}

static enum status
bulk_work(struct catalogue *catalogue, struct store_session *session,
	  void *cookie, struct fault *fault)
{
	struct bulk *bulk = cookie;
	enum status status = STATUS_OK;

	if (!bulk->given)
		status = suggestions_open(session, bulk->rule, bulk->after,
					  bulk->ids, CLEANUP_BULK_MAX,
					  &bulk->count, fault);
	for (size_t i = 0; status == STATUS_OK && i < bulk->count; i++) {
		struct edit_outcome *out = &bulk->out[i];
		struct fault one = { 0 };

		arena_reset(&bulk->deciding.arena);
		*out = (struct edit_outcome){ .id = bulk->ids[i] };
		out->status = decide_one(catalogue, session, &bulk->deciding,
					 out->id, &one);
		snprintf(out->reason, sizeof out->reason, "%.*s",
			 (int)sizeof out->reason - 1, one.message);
		if (out->status != STATUS_OK && !refused(out->status)) {
			status = out->status;
			*fault = one;
		}
	}
	return status;
}

enum status
cleanup_bulk(const struct editor *editor, const struct caller *caller,
	     enum cleanup_action action, const char *rule, const int64_t *ids,
	     size_t id_count, struct edit_outcome *out, size_t *count,
	     struct fault *fault)
{
	struct bulk bulk = { .deciding = { .caller = caller,
					   .action = action },
			     .rule = rule, .count = id_count,
			     .given = id_count > 0, .out = out };
	enum status status;

	assert(id_count <= CLEANUP_BULK_MAX && (id_count > 0 || rule != NULL));
	if (id_count > 0)
		memcpy(bulk.ids, ids, id_count * sizeof *ids);
	arena_init(&bulk.deciding.arena);
	status = edit_write(editor, bulk_work, &bulk, fault);
	arena_release(&bulk.deciding.arena);
	*count = status == STATUS_OK ? bulk.count : 0;
	return status;
}

enum status
cleanup_accept_automatic(struct store *store, const char *rule,
			 int64_t *after, bool *more, int64_t *accepted,
			 struct fault *fault)
{
	const struct caller nobody = { .role = USER_ROLE_MODERATOR };
	const struct editor editor = { .store = store };
	struct edit_outcome outcomes[CLEANUP_BULK_MAX];
	struct bulk bulk = { .deciding = { .caller = &nobody,
					   .action = CLEANUP_ACCEPT,
					   .automatic = true },
			     .rule = rule, .after = *after, .out = outcomes };
	enum status status;

	arena_init(&bulk.deciding.arena);
	status = edit_write(&editor, bulk_work, &bulk, fault);
	arena_release(&bulk.deciding.arena);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < bulk.count; i++)
		*accepted += outcomes[i].status == STATUS_OK;
	*more = bulk.count == CLEANUP_BULK_MAX;
	if (bulk.count > 0)
		*after = bulk.ids[bulk.count - 1];
	return STATUS_OK;
}
