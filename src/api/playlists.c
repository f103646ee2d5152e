/* playlists.c - routes about playlists as things: list, make, change, show. */
#include "api/playlists.h"

#include <stdio.h>

#include "api/api.h"
#include "api/handlers.h"
#include "library/audit.h"
#include "library/outbox.h"
#include "library/users.h"

/* ---- who may --------------------------------------------------------------
 */

static const char *
given_token(const struct call *call)
{
	for (const struct param *row = call->route->params;
	     row != NULL && row->name != NULL; row++) {
		if (strcmp(row->name, "token") == 0)
			return call_text(call, "token");
	}
	return NULL;
}

enum status
playlist_to_see(struct store_session *session, const struct call *call,
		int64_t id, struct playlist *out, struct fault *fault)
{
	enum status status =
		playlists_get(session, id, call->arena, out, fault);

	if (status != STATUS_OK ||
	    playlist_shows(out, call->caller.user_id, given_token(call)) ||
	    caller_may_touch(&call->caller, out->owner_id, call->route->others))
		return status;
	return fault_set(fault, STATUS_NOT_FOUND, "there is no such playlist");
}

enum status
playlist_to_change(struct store_session *session, const struct call *call,
		   int64_t id, struct playlist *out, struct fault *fault)
{
	enum status status = playlist_to_see(session, call, id, out, fault);

	if (status != STATUS_OK ||
	    caller_may_touch(&call->caller, out->owner_id, call->route->others))
		return status;
	return fault_set(fault, STATUS_DENIED,
			 "this playlist is somebody else's");
}

/* What the log keeps of one. */
static const char *
audit_values(struct arena *arena, const struct playlist *playlist)
{
	struct json_writer json;
	struct buffer text;
	const char *kept;

	if (playlist == NULL)
		return NULL;
	buffer_init(&text, 0);
	json_writer_init(&json, &text);
	json_object_begin(&json);
	json_member_int(&json, "owner_id", playlist->owner_id);
	json_member_text(&json, "title", playlist->title);
	json_member_text(&json, "description", playlist->description);
	json_member_text(&json, "visibility",
			 playlist_visibility_name(playlist->visibility));
	json_member_int(&json, "track_count", playlist->track_count);
	json_member_int(&json, "version", playlist->version);
	json_object_end(&json);
	kept = arena_copy_text(arena, text.bytes);
	buffer_release(&text);
	return kept;
}

enum status
playlist_audit(struct store_session *session, const struct call *call,
	       const char *action, const struct playlist *before,
	       const struct playlist *after, struct fault *fault)
{
	if (before->owner_id == call->caller.user_id)
		return STATUS_OK;
	return audit_add(session, &call->caller, action, "playlist", before->id,
			 audit_values(call->arena, before),
			 audit_values(call->arena, after), fault);
}

int64_t
playlist_expected(const struct call *call)
{
	for (const struct param *row = call->route->body;
	     row != NULL && row->name != NULL; row++) {
		if (strcmp(row->name, "expected_version") == 0)
			return call_field(call, "expected_version")->number;
	}
	return call_int(call, "expected_version");
}

/* ---- forms ----------------------------------------------------------------
 */

static bool
may_change(const struct call *call, const struct playlist *playlist)
{
	return caller_may_touch(&call->caller, playlist->owner_id,
				USER_ROLE_MODERATOR);
}

/* With the link where only that opens it. */
static void
cover_member(struct json_writer *json, const struct call *call,
	     const struct playlist *playlist)
{
	const char *url = form_cover_url(call->arena, "playlists", playlist->id,
					 &playlist->cover);

	if (url != NULL && playlist->visibility == PLAYLIST_UNLISTED &&
	    !may_change(call, playlist))
		url = arena_print(call->arena, "%s&token=%s", url,
				  playlist->link_token);
	json_member_text(json, "cover_url", url);
	json_member_bool(json, "has_cover", url != NULL);
	json_member_array_begin(json, "mosaic");
	for (size_t i = 0; i < playlist->mosaic_count; i++)
		json_text(json, form_cover_url(call->arena, "albums",
					       playlist->mosaic_albums[i],
					       &playlist->mosaic[i]));
	json_array_end(json);
}

static void
share_members(struct json_writer *json, const struct call *call,
	      const struct playlist *playlist)
{
	const char *token = NULL, *url = NULL;

	if (playlist->visibility == PLAYLIST_UNLISTED &&
	    may_change(call, playlist))
		token = playlist->link_token;
	if (token != NULL)
		url = arena_print(call->arena, "/playlists/shared/%s", token);
	json_member_text(json, "share_url", url);
	json_member_text(json, "share_token", token);
}

void
form_playlist(struct json_writer *json, const struct call *call,
	      const struct playlist *playlist, const struct taste *taste,
	      bool open)
{
	json_object_begin(json);
	json_member_int(json, "id", playlist->id);
	json_member_text(json, "title", playlist->title);
	json_member_text(json, "description", playlist->description);
	json_member_text(json, "kind",
			 playlist->rules != NULL ? "rules" : "manual");
	json_member_text(json, "visibility",
			 playlist_visibility_name(playlist->visibility));
	json_member_bool(json, "is_public",
			 playlist->visibility == PLAYLIST_PUBLIC);
	json_member_object_begin(json, "owner");
	json_member_int(json, "id", playlist->owner_id);
	json_member_text(json, "username", playlist->owner);
	json_object_end(json);
	json_member_bool(json, "can_edit", may_change(call, playlist));
	json_member_int(json, "track_count", playlist->track_count);
	json_member_int(json, "duration_ms", playlist->duration_ms);
	json_member_int(json, "play_count", playlist->play_count);
	json_member_int(json, "version", playlist->version);
	cover_member(json, call, playlist);
	json_name(json, "rules");
	if (playlist->rules != NULL)
		json_raw(json, span_of(playlist->rules));
	else
		json_null_value(json);
	share_members(json, call, playlist);
	json_member_bool(json, "is_favorite", taste->favorited_at_ms != 0);
	json_member_time(json, "created_at", playlist->created_at_ms);
	json_member_time(json, "updated_at", playlist->updated_at_ms);
	if (!open)
		json_object_end(json);
}

void
form_track_taste(struct json_writer *json, const struct track *track,
		 const struct taste *taste)
{
	form_track(json, track, true);
	json_member_bool(json, "is_favorite", taste->favorited_at_ms != 0);
	if (taste->rating != 0)
		json_member_int(json, "rating", taste->rating);
	else
		json_member_null(json, "rating");
}

/* ---- one playlist ---------------------------------------------------------
 */

struct playlist_work {
	struct call *call;
	int64_t id;
	const char *token; /* instead of the id; NULL: the id counts */
	struct playlist playlist;
	struct taste taste;
	bool differs; /* rules give something else than is kept */
};

static enum status
playlist_get_work(struct store_session *session, void *cookie,
		  struct fault *fault)
{
	struct playlist_work *work = cookie;
	struct call *call = work->call;
	enum status status =
		work->token != NULL
			? playlists_of_token(session, work->token, call->arena,
					     &work->playlist, fault)
			: playlist_to_see(session, call, work->id,
					  &work->playlist, fault);

	if (status == STATUS_OK)
		status = playlist_refresh(session, &work->playlist, call->arena,
					  &work->differs, fault);
	if (status == STATUS_OK)
		status =
			taste_get(session, call->caller.user_id, TASTE_PLAYLIST,
				  work->playlist.id, &work->taste, fault);
	return status;
}

static enum status
note_counts_work(struct store_session *session, void *cookie,
		 struct fault *fault)
{
	const struct playlist *playlist = cookie;

	return playlists_note_counts(session, playlist->id,
				     playlist->track_count,
				     playlist->duration_ms, fault);
}

static bool
playlist_work_answer(struct playlist_work *work, unsigned status)
{
	struct call *call = work->call;
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, playlist_get_work, work))
		return false;
	if (work->differs) /* for lists; it does not matter when it fails */
		store_write(call->api->args.store, note_counts_work,
			    &work->playlist, NULL);
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	form_playlist(&json, call, &work->playlist, &work->taste, false);
	call_answer_json(call, status, &body);
	return true;
}

bool
playlist_answer(struct call *call, unsigned status, int64_t id)
{
	struct playlist_work work = { .call = call, .id = id };

	return playlist_work_answer(&work, status);
}

void
handle_playlist_get(struct call *call)
{
	playlist_answer(call, 200, call_int(call, "id"));
}

void
handle_playlist_shared(struct call *call)
{
	struct playlist_work work = { .call = call,
				      .token = call_text(call, "token") };

	playlist_work_answer(&work, 200);
}

/* ---- lists ----------------------------------------------------------------
 */

struct playlists_work {
	struct call *call;
	struct playlist_filter filter;
	enum playlist_sort sort;
	struct page_request page;
	struct playlist_list list;
	struct taste *tastes;
};

static enum status
playlists_list_work(struct store_session *session, void *cookie,
		    struct fault *fault)
{
	struct playlists_work *work = cookie;
	struct arena *arena = work->call->arena;
	int64_t ids[PAGE_LIMIT_MAX];
	enum status status =
		playlists_list(session, &work->filter, work->sort, &work->page,
			       arena, &work->list, fault);

	for (size_t i = 0; i < work->list.count; i++)
		ids[i] = work->list.items[i].id;
	if (status == STATUS_OK)
		status = taste_get_many(session, work->filter.viewer_id,
					TASTE_PLAYLIST, ids, work->list.count,
					arena, &work->tastes, fault);
	return status;
}

/* "me", "all" or a number; false: answered. */
static bool
owner_read(struct call *call, struct playlist_filter *filter)
{
	const char *owner = call_text(call, "owner");

	if (owner == NULL || strcmp(owner, "all") == 0)
		return true;
	if (strcmp(owner, "me") == 0) {
		filter->owner_id = call->caller.user_id;
		if (filter->owner_id != 0)
			return true;
		request_answer_error(call->request, 401, "unauthenticated",
				     (struct span){ 0 });
		return false;
	}
	if (strcmp(owner, "others") == 0) {
		filter->others_only = true;
		return true;
	}
	if (span_to_i64(span_of(owner), &filter->owner_id) &&
	    filter->owner_id > 0)
		return true;
	call_answer_field(call, "owner",
			  call->language == LANGUAGE_RU
				  ? "должно быть me, others, all или номером"
				  : "must be me, others, all or an id");
	return false;
}

bool
playlist_filter_read(struct call *call, struct playlist_filter *filter,
		     enum playlist_sort *sort)
{
	const char *kind = call_text(call, "kind");

	filter->viewer_id = call->caller.user_id;
	if (kind != NULL)
		filter->kinds = strcmp(kind, "rules") == 0
					? PLAYLISTS_BY_RULES
					: PLAYLISTS_BY_HAND;
	playlist_sort_parse(call_text(call, "sort"), sort);
	return owner_read(call, filter);
}

void
handle_playlists_list(struct call *call)
{
	struct playlists_work work = { .call = call, .page = call_page(call) };
	struct page_answer answer;

	if (!playlist_filter_read(call, &work.filter, &work.sort) ||
	    !call_read_store(call, playlists_list_work, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.list.count; i++)
		form_playlist(&answer.json, call, &work.list.items[i],
			      &work.tastes[i], false);
	page_end(&answer, call, &work.list.page);
}

/* ---- making ---------------------------------------------------------------
 */

struct making_work {
	struct call *call;
	struct playlist_draft draft;
	int64_t id;
};

static enum status
making_fill(struct store_session *session, struct making_work *work,
	    struct fault *fault)
{
	const struct param_value *tracks = call_field(work->call, "track_ids");
	const struct playlist_addition addition = {
		.track_ids = tracks->ids,
		.count = tracks->id_count,
		.position = PLAYLIST_AT_END,
		.added_by = work->draft.owner_id,
	};
	struct playlist_added added;

	if (tracks->id_count == 0)
		return STATUS_OK;
	return playlist_tracks_add(session, work->id, &addition,
				   work->call->arena, &added, fault);
}

static enum status
making_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct making_work *work = cookie;
	enum status status = outbox_begin(session, fault);

	if (status == STATUS_OK)
		status = playlists_add(session, &work->draft, &work->id, fault);
	if (status == STATUS_OK)
		status = making_fill(session, work, fault);
	return status;
}

/* visibility, or is_public, or `preset`. */
static enum playlist_visibility
visibility_given(const struct call *call, enum playlist_visibility preset)
{
	const char *name = call_field_text(call, "visibility");
	const struct param_value *is_public = call_field(call, "is_public");

	if (name != NULL)
		playlist_visibility_parse(name, &preset);
	else if (is_public->given && is_public->number != 0)
		preset = PLAYLIST_PUBLIC;
	else if (is_public->given && preset == PLAYLIST_PUBLIC)
		preset = PLAYLIST_PRIVATE;
	return preset;
}

/* The rules of the body as text to keep; false: answered. */
static bool
rules_given(struct call *call, const char **out)
{
	const struct param_value *given = call_field(call, "rules");
	struct playlist_rules *rules;
	struct fault fault = { 0 };
	char *text;

	*out = NULL;
	if (!given->given || given->is_null)
		return true;
	if (playlist_rules_check(given->json, call->arena, &rules, &fault) !=
	    STATUS_OK) {
		call_answer_fault(call, &fault);
		return false;
	}
	text = json_dumps(given->json, JSON_COMPACT);
	*out = arena_copy_text(call->arena, text);
	free(text);
	return true;
}

void
handle_playlist_make(struct call *call)
{
	struct making_work work = {
		.call = call,
		.draft = { .owner_id = call->caller.user_id,
			   .title = call_field_text(call, "title"),
			   .description = call_field_text(call, "description"),
			   .visibility =
				   visibility_given(call, PLAYLIST_PRIVATE) },
	};

	if (!rules_given(call, &work.draft.rules))
		return;
	if (call_write_store(call, making_run, &work))
		playlist_answer(call, 201, work.id);
}

/* ---- changing -------------------------------------------------------------
 */

struct changing_work {
	struct call *call;
	struct playlist_change change;
	bool visibility_by_body;
	enum playlist_visibility visibility;
	const char *description, *rules;
	int64_t cover_id;
};

/* A playlist of rules that loses them keeps what they gave. */
static enum status
rules_become_entries(struct store_session *session, struct changing_work *work,
		     const struct playlist *before, int64_t *ids, size_t count,
		     struct fault *fault)
{
	const struct playlist_addition addition = {
		.track_ids = ids,
		.count = count < PLAYLIST_EDIT_MAX ? count : PLAYLIST_EDIT_MAX,
		.position = PLAYLIST_AT_END,
		.added_by = work->call->caller.user_id,
	};
	struct playlist_added added;

	if (count == 0)
		return STATUS_OK;
	return playlist_tracks_add(session, before->id, &addition,
				   work->call->arena, &added, fault);
}

static enum status
changing_apply(struct store_session *session, struct changing_work *work,
	       const struct playlist *before, struct fault *fault)
{
	bool freed = work->change.rules != NULL && work->rules == NULL &&
		     before->rules != NULL;
	int64_t *ids = NULL;
	size_t count = 0;
	enum status status = STATUS_OK;

	if (work->visibility_by_body)
		work->visibility =
			visibility_given(work->call, before->visibility);
	if (freed)
		status = playlist_all(session, before, work->call->arena, &ids,
				      &count, fault);
	if (status == STATUS_OK)
		status = playlists_change(session, before->id, &work->change,
					  fault);
	if (status == STATUS_OK && freed)
		status = rules_become_entries(session, work, before, ids, count,
					      fault);
	return status;
}

static enum status
changing_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct changing_work *work = cookie;
	struct call *call = work->call;
	struct playlist before, after;
	enum status status = outbox_begin(session, fault);

	if (status == STATUS_OK)
		status = playlist_to_change(session, call, call_int(call, "id"),
					    &before, fault);
	if (status == STATUS_OK)
		status = changing_apply(session, work, &before, fault);
	if (status == STATUS_OK)
		status = playlists_get(session, before.id, call->arena, &after,
				       fault);
	if (status == STATUS_OK)
		status = playlist_audit(session, call, "update", &before,
					&after, fault);
	return status;
}

static void
changing_answer(struct changing_work *work)
{
	if (call_write_store(work->call, changing_run, work))
		playlist_answer(work->call, 200, call_int(work->call, "id"));
}

void
handle_playlist_change(struct call *call)
{
	struct changing_work work = {
		.call = call,
		.change = { .title = call_field_text(call, "title"),
			    .expected_version = playlist_expected(call) },
		.description = call_field_text(call, "description"),
	};

	if (!rules_given(call, &work.rules))
		return;
	if (call_field(call, "description")->given)
		work.change.description = &work.description;
	if (call_field(call, "rules")->given)
		work.change.rules = &work.rules;
	if (call_field(call, "visibility")->given ||
	    call_field(call, "is_public")->given) {
		work.visibility_by_body = true;
		work.change.visibility = &work.visibility;
	}
	changing_answer(&work);
}

static void
visibility_set(struct call *call, enum playlist_visibility visibility,
	       bool new_link)
{
	struct changing_work work = { .call = call, .visibility = visibility };

	work.change.visibility = &work.visibility;
	work.change.new_link = new_link;
	changing_answer(&work);
}

void
handle_playlist_publish(struct call *call)
{
	visibility_set(call, PLAYLIST_PUBLIC, false);
}

void
handle_playlist_unpublish(struct call *call)
{
	visibility_set(call, PLAYLIST_PRIVATE, false);
}

void
handle_playlist_link(struct call *call)
{
	visibility_set(call, PLAYLIST_UNLISTED, true);
}

static enum status
removing_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct call *call = cookie;
	struct playlist before;
	enum status status = outbox_begin(session, fault);

	if (status == STATUS_OK)
		status = playlist_to_change(session, call, call_int(call, "id"),
					    &before, fault);
	if (status == STATUS_OK)
		status = playlists_remove(session, before.id, fault);
	if (status == STATUS_OK)
		status = playlist_audit(session, call, "delete", &before, NULL,
					fault);
	return status;
}

void
handle_playlist_remove(struct call *call)
{
	if (call_write_store(call, removing_run, call))
		call_answer_empty(call, 204);
}

/* ---- plays ----------------------------------------------------------------
 */

struct play_work {
	struct call *call;
	int64_t id;
};

static enum status
play_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct play_work *work = cookie;
	struct playlist playlist;
	enum status status = outbox_begin(session, fault);

	if (status == STATUS_OK)
		status = playlist_to_see(session, work->call, work->id,
					 &playlist, fault);
	return status != STATUS_OK
		       ? status
		       : playlists_count_plays(session, work->id, 1, fault);
}

void
playlist_note_play(struct call *call, int64_t id)
{
	struct play_work work = { .call = call, .id = id };
	struct fault fault = { 0 };

	if (call->caller.user_id != 0)
		store_write(call->api->args.store, play_run, &work, &fault);
}

/* ---- cover ----------------------------------------------------------------
 */

/* Whether it may be changed, before a picture is decoded for nothing. */
static enum status
may_change_work(struct store_session *session, void *cookie,
		struct fault *fault)
{
	struct call *call = cookie;
	struct playlist playlist;

	return playlist_to_change(session, call, call_int(call, "id"),
				  &playlist, fault);
}

void
handle_playlist_cover_set(struct call *call)
{
	struct changing_work work = { .call = call };
	struct fault fault = { 0 };

	if (!call_read_store(call, may_change_work, call))
		return;
	if (cover_take(call->api->args.covers, http_request_body(call->request),
		       &work.cover_id, &fault) != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	work.change.cover_id = &work.cover_id;
	changing_answer(&work);
}

void
handle_playlist_cover_remove(struct call *call)
{
	struct changing_work work = { .call = call };

	work.change.cover_id = &work.cover_id;
	changing_answer(&work);
}

struct cover_work {
	struct call *call;
	struct playlist playlist;
};

static enum status
cover_work_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct cover_work *work = cookie;

	return playlist_to_see(session, work->call, call_int(work->call, "id"),
			       &work->playlist, fault);
}

void
handle_playlist_cover(struct call *call)
{
	struct cover_work work = { .call = call };

	if (!call_read_store(call, cover_work_run, &work))
		return;
	answer_cover(call, COVER_BY_ITS_ID, work.playlist.cover.id,
		     work.playlist.title,
		     work.playlist.visibility == PLAYLIST_PUBLIC);
}
