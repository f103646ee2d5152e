/* edit.c - changing tracks, albums, artists and genres over HTTP. */
#include "api/handlers.h"

#include <stdlib.h>

#include "api/api.h"
#include "api/edit_words.h"
#include "api/forms.h"
#include "api/listing.h"
#include "service/edit.h"
#include "service/job.h"

/* ---- answers ------------------------------------------------------------------ */

struct thing_work {
	struct call *call;
	enum edit_kind kind;
	int64_t id;
	struct track track;
	struct album album;
	struct artist *artist;
	struct genre genre;
};

static enum status
thing_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct thing_work *work = cookie;
	struct arena *arena = work->call->arena;
	size_t count = 0;
	enum status status = STATUS_FAILED;

	switch (work->kind) {
	case EDIT_TRACK:
		return tracks_get_any(session, work->id, arena, &work->track,
				      fault);
	case EDIT_ALBUM:
		return albums_get_any(session, work->id, arena, &work->album,
				      fault);
	case EDIT_GENRE:
		return genres_get_any(session, work->id, arena, &work->genre,
				      fault);
	case EDIT_ARTIST:
		status = artists_get_any(session, &work->id, 1, arena,
					 &work->artist, &count, fault);
		if (status == STATUS_OK && count == 0)
			status = fault_set(fault, STATUS_NOT_FOUND,
					   "there is no artist %lld",
					   (long long)work->id);
	}
	return status;
}

/* The thing as it is now, whether people see it or not. */
static void
answer_thing(struct call *call, enum edit_kind kind, int64_t id,
	     unsigned status)
{
	struct thing_work work = { .call = call, .kind = kind, .id = id };
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, thing_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	if (kind == EDIT_TRACK)
		form_track(&json, &work.track, false);
	else if (kind == EDIT_ALBUM)
		form_album(&json, &work.album, false);
	else if (kind == EDIT_ARTIST)
		form_artist(&json, work.artist, false);
	else
		form_genre(&json, &work.genre, false);
	call_answer_json(call, status, &body);
}

static bool
done(struct call *call, enum status status, const struct fault *fault)
{
	if (status != STATUS_OK)
		call_answer_fault(call, fault);
	return status == STATUS_OK;
}

/* ---- one change --------------------------------------------------------------- */

static void
put_answer(struct call *call, enum edit_kind kind)
{
	int64_t id = call_int(call, "id");
	json_t *set = NULL, *reset = NULL;
	struct fault fault = { 0 };

	if (!call_edit_words(call, &set, &reset))
		return;
	if (done(call,
		 edit_change(&call->api->args.editor, &call->caller, kind, id,
			     set, reset, &fault),
		 &fault))
		answer_thing(call, kind, id, 200);
	json_decref(set);
	json_decref(reset);
}

void
handle_track_put(struct call *call)
{
	put_answer(call, EDIT_TRACK);
}

void
handle_album_put(struct call *call)
{
	put_answer(call, EDIT_ALBUM);
}

void
handle_artist_put(struct call *call)
{
	put_answer(call, EDIT_ARTIST);
}

static void
post_answer(struct call *call, enum edit_kind kind)
{
	json_t *set = NULL, *reset = NULL;
	struct fault fault = { 0 };
	int64_t id = 0;

	if (!call_edit_words(call, &set, &reset))
		return;
	if (done(call,
		 edit_create(&call->api->args.editor, &call->caller, kind, set,
			     &id, &fault),
		 &fault))
		answer_thing(call, kind, id, 201);
	json_decref(set);
	json_decref(reset);
}

void
handle_album_post(struct call *call)
{
	post_answer(call, EDIT_ALBUM);
}

void
handle_artist_post(struct call *call)
{
	post_answer(call, EDIT_ARTIST);
}

void
handle_genre_post(struct call *call)
{
	post_answer(call, EDIT_GENRE);
}

/* ---- looking at edits, taking them back ----------------------------------------- */

static void
edits_answer(struct call *call, enum edit_kind kind)
{
	struct fault fault = { 0 };
	json_t *edits = NULL;
	struct buffer body;
	char *text;

	if (!done(call,
		  edit_look(&call->api->args.editor, &call->caller, kind,
			    call_int(call, "id"), &edits, &fault),
		  &fault))
		return;
	text = json_dumps(edits, JSON_COMPACT);
	buffer_init(&body, 0);
	buffer_add_text(&body, text);
	free(text);
	json_decref(edits);
	call_answer_json(call, 200, &body);
}

void
handle_track_edits(struct call *call)
{
	edits_answer(call, EDIT_TRACK);
}

void
handle_album_edits(struct call *call)
{
	edits_answer(call, EDIT_ALBUM);
}

void
handle_artist_edits(struct call *call)
{
	edits_answer(call, EDIT_ARTIST);
}

void
handle_genre_edits(struct call *call)
{
	edits_answer(call, EDIT_GENRE);
}

static void
undo_answer(struct call *call, enum edit_kind kind)
{
	const char *fields = call_text(call, "fields");
	int64_t id = call_int(call, "id");
	json_t *reset = fields == NULL ?
				words_of_text(edit_field_names(kind), '|') :
				words_of_text(fields, ',');
	struct fault fault = { 0 };

	if (done(call,
		 edit_change(&call->api->args.editor, &call->caller, kind, id,
			     NULL, reset, &fault),
		 &fault))
		answer_thing(call, kind, id, 200);
	json_decref(reset);
}

void
handle_track_undo(struct call *call)
{
	undo_answer(call, EDIT_TRACK);
}

void
handle_album_undo(struct call *call)
{
	undo_answer(call, EDIT_ALBUM);
}

void
handle_artist_undo(struct call *call)
{
	undo_answer(call, EDIT_ARTIST);
}

void
handle_genre_undo(struct call *call)
{
	undo_answer(call, EDIT_GENRE);
}

/* ---- hiding --------------------------------------------------------------------- */

static bool
hide(struct call *call, enum edit_kind kind, bool hidden)
{
	struct fault fault = { 0 };

	return done(call,
		    edit_hide(&call->api->args.editor, &call->caller, kind,
			      call_int(call, "id"), hidden, &fault),
		    &fault);
}

void
handle_track_delete(struct call *call)
{
	if (hide(call, EDIT_TRACK, true))
		call_answer_empty(call, 204);
}

void
handle_album_delete(struct call *call)
{
	if (hide(call, EDIT_ALBUM, true))
		call_answer_empty(call, 204);
}

void
handle_artist_delete(struct call *call)
{
	if (hide(call, EDIT_ARTIST, true))
		call_answer_empty(call, 204);
}

void
handle_track_restore(struct call *call)
{
	if (hide(call, EDIT_TRACK, false))
		answer_thing(call, EDIT_TRACK, call_int(call, "id"), 200);
}

void
handle_album_restore(struct call *call)
{
	if (hide(call, EDIT_ALBUM, false))
		answer_thing(call, EDIT_ALBUM, call_int(call, "id"), 200);
}

void
handle_artist_restore(struct call *call)
{
	if (hide(call, EDIT_ARTIST, false))
		answer_thing(call, EDIT_ARTIST, call_int(call, "id"), 200);
}

/* ---- pictures -------------------------------------------------------------------- */

static void
picture_answer(struct call *call, enum edit_kind kind, struct span bytes)
{
	int64_t id = call_int(call, "id");
	struct fault fault = { 0 };

	if (done(call,
		 edit_picture(&call->api->args.editor, &call->caller, kind, id,
			      bytes, &fault),
		 &fault))
		answer_thing(call, kind, id, 200);
}

static void
picture_put(struct call *call, enum edit_kind kind)
{
	struct span bytes = http_request_body(call->request);

	if (bytes.length == 0)
		call_answer_field(call, "body", "a picture is expected");
	else
		picture_answer(call, kind, bytes);
}

void
handle_album_cover_put(struct call *call)
{
	picture_put(call, EDIT_ALBUM);
}

void
handle_album_cover_delete(struct call *call)
{
	picture_answer(call, EDIT_ALBUM, (struct span){ 0 });
}

void
handle_artist_cover_put(struct call *call)
{
	picture_put(call, EDIT_ARTIST);
}

void
handle_artist_cover_delete(struct call *call)
{
	picture_answer(call, EDIT_ARTIST, (struct span){ 0 });
}

/* ---- genres ------------------------------------------------------------------------ */

static bool
merge(struct call *call, int64_t target)
{
	struct fault fault = { 0 };
	int64_t job_id = 0;
	bool merged = done(call,
			   edit_merge(&call->api->args.editor, &call->caller,
				      call_int(call, "id"), target, &job_id,
				      &fault),
			   &fault);

	if (merged && call->api->args.jobs != NULL)
		job_runner_wake(call->api->args.jobs);
	return merged;
}

void
handle_genre_put(struct call *call)
{
	const struct param_value *target = call_field(call, "merge_into");

	if (!target->given)
		put_answer(call, EDIT_GENRE);
	else if (merge(call, target->number))
		answer_thing(call, EDIT_GENRE, target->number, 200);
}

void
handle_genre_delete(struct call *call)
{
	if (merge(call, 0))
		call_answer_empty(call, 204);
}

void
handle_genre_restore(struct call *call)
{
	if (merge(call, -1))
		answer_thing(call, EDIT_GENRE, call_int(call, "id"), 200);
}

/* ---- many tracks --------------------------------------------------------------------- */

static void
bulk_answer(struct call *call, const struct edit_outcome *outcomes,
	    size_t count)
{
	struct listing_outcome *told =
		arena_new(call->arena, struct listing_outcome, count);

	for (size_t i = 0; i < count; i++)
		told[i] = (struct listing_outcome){ outcomes[i].id,
						    outcomes[i].status,
						    outcomes[i].reason };
	listing_answer_outcomes(call, told, count);
}

/* reset names nothing: all. */
static void
bulk_reset(json_t **reset)
{
	if (*reset == NULL)
		*reset = words_of_text(edit_field_names(EDIT_TRACK), '|');
}

static bool
bulk_says_something(struct call *call, const char *action, const json_t *set,
		    const json_t *reset)
{
	bool edits = strcmp(action, "edit") == 0;

	if (edits && json_object_size(set) == 0 && json_array_size(reset) == 0)
		call_answer_field(call, "action", "there is nothing to set");
	else
		return true;
	return false;
}

static void
bulk_run(struct call *call, const json_t *set, const json_t *reset)
{
	const struct param_value *ids = call_field(call, "ids");
	const char *action = call_field_text(call, "action");
	struct edit_outcome *outcomes =
		arena_new(call->arena, struct edit_outcome, ids->id_count);
	int hide_word = strcmp(action, "hide") == 0    ? 1 :
			strcmp(action, "restore") == 0 ? -1 :
							 0;
	bool edits = strcmp(action, "edit") == 0;
	struct fault fault = { 0 };

	if (done(call,
		 edit_bulk(&call->api->args.editor, &call->caller, action,
			   ids->ids, ids->id_count, hide_word,
			   edits ? set : NULL, hide_word == 0 ? reset : NULL,
			   outcomes, &fault),
		 &fault))
		bulk_answer(call, outcomes, ids->id_count);
}

void
handle_tracks_bulk(struct call *call)
{
	const char *action = call_field_text(call, "action");
	json_t *set = NULL, *reset = NULL;

	if (!call_edit_words(call, &set, &reset))
		return;
	if (bulk_says_something(call, action, set, reset)) {
		if (strcmp(action, "reset") == 0)
			bulk_reset(&reset);
		bulk_run(call, set, reset);
	}
	json_decref(set);
	json_decref(reset);
}
