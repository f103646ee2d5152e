/* me.c - routes about what belongs to the person who asks: favourites, ratings,
 * the play queue, where to continue. */
#include <stdlib.h>

#include "api/api.h"
#include "api/handlers.h"
#include "api/playlists.h"
#include "library/play_queue.h"
#include "library/taste.h"

#define FAVORITE_IDS_MAX 50000
#define CONTINUE_MAX 20

static enum taste_kind
kind_given(const struct call *call)
{
	enum taste_kind kind = TASTE_TRACK;

	taste_kind_parse(call_text(call, "type"), &kind);
	return kind;
}

/* ---- one thing ------------------------------------------------------------
 */

struct taste_work {
	struct call *call;
	enum taste_kind kind;
	bool favorite, rate; /* what to set */
	bool wanted;	     /* make it one, or no more */
	int32_t rating;
	struct taste taste;
};

/* A playlist of somebody else's that cannot be seen is not there. */
static enum status
taste_check(struct store_session *session, const struct taste_work *work,
	    int64_t id, struct fault *fault)
{
	struct playlist playlist;

	if (work->kind != TASTE_PLAYLIST || !work->wanted)
		return STATUS_OK;
	return playlist_to_see(session, work->call, id, &playlist, fault);
}

static enum status
taste_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct taste_work *work = cookie;
	int64_t user_id = work->call->caller.user_id;
	int64_t id = call_int(work->call, "id");
	enum status status = taste_check(session, work, id, fault);

	if (status == STATUS_OK && work->favorite)
		status = work->wanted ? favorites_add(session, user_id,
						      work->kind, id, fault)
				      : favorites_remove(session, user_id,
							 work->kind, id, fault);
	if (status == STATUS_OK && work->rate)
		status = ratings_set(session, user_id, work->kind, id,
				     work->rating, fault);
	if (status == STATUS_OK)
		status = taste_get(session, user_id, work->kind, id,
				   &work->taste, fault);
	return status;
}

static void
taste_answer(const struct taste_work *work)
{
	const struct taste *taste = &work->taste;
	struct json_writer json;
	struct buffer body;

	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_text(&json, "type", taste_kind_name(work->kind));
	json_member_int(&json, "id", call_int(work->call, "id"));
	json_member_bool(&json, "is_favorite", taste->favorited_at_ms != 0);
	if (taste->rating != 0)
		json_member_int(&json, "rating", taste->rating);
	else
		json_member_null(&json, "rating");
	json_member_time(&json, "favorited_at", taste->favorited_at_ms);
	json_object_end(&json);
	call_answer_json(work->call, 200, &body);
}

void
handle_favorite_get(struct call *call)
{
	struct taste_work work = { .call = call, .kind = kind_given(call) };

	if (call_read_store(call, taste_run, &work))
		taste_answer(&work);
}

void
handle_favorite_put(struct call *call)
{
	struct taste_work work = { .call = call,
				   .kind = kind_given(call),
				   .favorite = true,
				   .wanted = true };

	if (call_write_store(call, taste_run, &work))
		taste_answer(&work);
}

void
handle_favorite_remove(struct call *call)
{
	struct taste_work work = { .call = call,
				   .kind = kind_given(call),
				   .favorite = true };

	if (call_write_store(call, taste_run, &work))
		call_answer_empty(call, 204);
}

void
handle_rating_put(struct call *call)
{
	struct taste_work work = {
		.call = call,
		.kind = kind_given(call),
		.rate = true,
		.wanted = true,
		.rating = (int32_t)call_field(call, "rating")->number,
	};

	if (call_write_store(call, taste_run, &work))
		taste_answer(&work);
}

void
handle_rating_remove(struct call *call)
{
	struct taste_work work = { .call = call,
				   .kind = kind_given(call),
				   .rate = true };

	if (call_write_store(call, taste_run, &work))
		call_answer_empty(call, 204);
}

/* ---- favourites of a kind -------------------------------------------------
 */

struct favorites_work {
	struct call *call;
	enum taste_kind kind;
	struct page_request page;
	struct page_info info;
	int64_t ids[PAGE_LIMIT_MAX], times_ms[PAGE_LIMIT_MAX];
	size_t count;
	struct taste *tastes;

	struct track *tracks;
	struct album *albums;
	struct artist *artists;
	struct playlist *playlists;
	size_t found; /* of the things */
};

static enum status
favorites_load(struct store_session *session, struct favorites_work *work,
	       struct fault *fault)
{
	struct arena *arena = work->call->arena;

	switch (work->kind) {
	case TASTE_TRACK:
		return tracks_get_many(session, work->ids, work->count, arena,
				       &work->tracks, &work->found, fault);
	case TASTE_ALBUM:
		return albums_get_many(session, work->ids, work->count, arena,
				       &work->albums, &work->found, fault);
	case TASTE_ARTIST:
		return artists_get_many(session, work->ids, work->count, arena,
					&work->artists, &work->found, fault);
	case TASTE_PLAYLIST:
		return playlists_get_many(session, work->call->caller.user_id,
					  work->ids, work->count, arena,
					  &work->playlists, &work->found,
					  fault);
	}
	return STATUS_OK;
}

static enum status
favorites_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct favorites_work *work = cookie;
	int64_t user_id = work->call->caller.user_id;
	enum status status = favorites_list(
		session, user_id, work->kind, &work->page, work->call->arena,
		work->ids, work->times_ms, &work->count, &work->info, fault);

	if (status == STATUS_OK)
		status = taste_get_many(session, user_id, work->kind, work->ids,
					work->count, work->call->arena,
					&work->tastes, fault);
	if (status == STATUS_OK)
		status = favorites_load(session, work, fault);
	return status;
}

/* The place of a thing's id among those asked for. */
static size_t
favorite_at(const struct favorites_work *work, int64_t id)
{
	size_t at = 0;

	while (at + 1 < work->count && work->ids[at] != id)
		at++;
	return at;
}

static void
favorite_form(struct json_writer *json, const struct favorites_work *work,
	      size_t i)
{
	const struct taste *taste;
	int64_t id = 0;

	if (work->kind == TASTE_TRACK) {
		id = work->tracks[i].id;
		taste = &work->tastes[favorite_at(work, id)];
		form_track_taste(json, &work->tracks[i], taste);
	} else if (work->kind == TASTE_ALBUM) {
		id = work->albums[i].id;
		form_album(json, &work->albums[i], true);
	} else if (work->kind == TASTE_ARTIST) {
		id = work->artists[i].id;
		form_artist(json, &work->artists[i], true);
	} else {
		id = work->playlists[i].id;
		taste = &work->tastes[favorite_at(work, id)];
		form_playlist(json, work->call, &work->playlists[i], taste,
			      true);
	}
	json_member_time(json, "favorited_at",
			 work->times_ms[favorite_at(work, id)]);
	json_object_end(json);
}

void
handle_favorites_list(struct call *call)
{
	struct favorites_work work = { .call = call,
				       .kind = kind_given(call),
				       .page = call_page(call) };
	struct page_answer answer;

	if (!call_read_store(call, favorites_run, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.found; i++)
		favorite_form(&answer.json, &work, i);
	page_end(&answer, call, &work.info);
}

struct ids_work {
	struct call *call;
	enum taste_kind kind;
	int64_t *ids;
	struct rated *ratings;
	size_t count, rating_count;
};

static enum status
ids_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct ids_work *work = cookie;
	int64_t user_id = work->call->caller.user_id;
	enum status status =
		favorites_ids(session, user_id, work->kind, work->call->arena,
			      &work->ids, &work->count, fault);

	if (status == STATUS_OK)
		status = ratings_all(session, user_id, work->kind,
				     work->call->arena, &work->ratings,
				     &work->rating_count, fault);
	return status;
}

void
handle_favorite_ids(struct call *call)
{
	struct ids_work work = { .call = call, .kind = kind_given(call) };
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, ids_run, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_text(&json, "type", taste_kind_name(work.kind));
	json_member_array_begin(&json, "ids");
	for (size_t i = 0; i < work.count && i < FAVORITE_IDS_MAX; i++)
		json_int(&json, work.ids[i]);
	json_array_end(&json);
	json_member_object_begin(&json, "ratings");
	for (size_t i = 0; i < work.rating_count && i < FAVORITE_IDS_MAX; i++)
		json_member_int(&json,
				arena_print(call->arena, "%lld",
					    (long long)work.ratings[i].id),
				work.ratings[i].rating);
	json_object_end(&json);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

/* ---- the play queue -------------------------------------------------------
 */

struct queue_work {
	struct call *call;
	bool with_tracks;
	struct play_queue queue;
	struct play_queue_save save;
	struct track *current; /* NULL: none, or not in the library */
	struct track *tracks;
	size_t track_count;
};

static enum status
queue_read_tracks(struct store_session *session, struct queue_work *work,
		  struct fault *fault)
{
	struct play_queue *queue = &work->queue;
	struct arena *arena = work->call->arena;
	size_t count = queue->track_count, found = 0;
	enum status status = STATUS_OK;

	if (queue->current_index < (int64_t)count)
		status = tracks_get_many(
			session, &queue->track_ids[queue->current_index], 1,
			arena, &work->current, &found, fault);
	if (found == 0)
		work->current = NULL;
	if (status != STATUS_OK || !work->with_tracks)
		return status;
	if (count > TRACKS_GET_MAX)
		count = TRACKS_GET_MAX;
	return tracks_get_many(session, queue->track_ids, count, arena,
			       &work->tracks, &work->track_count, fault);
}

static enum status
queue_get_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct queue_work *work = cookie;
	enum status status =
		play_queue_get(session, work->call->caller.user_id,
			       work->call->arena, &work->queue, fault);

	if (status == STATUS_OK)
		status = queue_read_tracks(session, work, fault);
	return status;
}

static void
queue_members(struct json_writer *json, const struct queue_work *work)
{
	const struct play_queue *queue = &work->queue;

	json_member_array_begin(json, "track_ids");
	for (size_t i = 0; i < queue->track_count; i++)
		json_int(json, queue->track_ids[i]);
	json_array_end(json);
	json_name(json, "items");
	if (work->with_tracks) {
		json_array_begin(json);
		for (size_t i = 0; i < work->track_count; i++)
			form_track(json, &work->tracks[i], false);
		json_array_end(json);
	} else {
		json_null_value(json);
	}
	json_member_int(json, "current_index", queue->current_index);
	json_member_int(json, "position_ms", queue->position_ms);
	json_member_text(json, "device", queue->device);
	json_member_bool(json, "shuffle", queue->shuffle);
	json_member_text(json, "repeat", queue->repeat);
	json_name(json, "context");
	if (queue->context_kind != NULL) {
		json_object_begin(json);
		json_member_text(json, "type", queue->context_kind);
		json_member_int(json, "id", queue->context_id);
		json_object_end(json);
	} else {
		json_null_value(json);
	}
	json_name(json, "current");
	if (work->current != NULL)
		form_track(json, work->current, false);
	else
		json_null_value(json);
}

void
handle_queue_get(struct call *call)
{
	struct queue_work work = {
		.call = call,
		.with_tracks = call_int(call, "tracks") != 0,
	};
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, queue_get_run, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_int(&json, "version", work.queue.version);
	queue_members(&json, &work);
	json_member_time(&json, "updated_at", work.queue.updated_at_ms);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

static enum status
queue_put_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct queue_work *work = cookie;

	return play_queue_put(session, work->call->caller.user_id, &work->save,
			      work->call->arena, &work->queue, fault);
}

/* {"type","id"}; false: answered. */
static bool
context_read(struct call *call, struct play_queue_save *save)
{
	const struct param_value *given = call_field(call, "context");
	const char *kind;
	json_t *id;

	save->sets_context = given->given;
	if (!given->given || given->is_null)
		return true;
	kind = json_string_value(json_object_get(given->json, "type"));
	id = json_object_get(given->json, "id");
	for (struct span rest = SPAN(PLAY_CONTEXT_KINDS), one;
	     kind != NULL && span_next(&rest, '|', &one);) {
		if (!span_equal(one, span_of(kind)))
			continue;
		if (!json_is_integer(id) || json_integer_value(id) < 1)
			break;
		save->context_kind = kind;
		save->context_id = json_integer_value(id);
		return true;
	}
	call_answer_field(call, "context",
			  call->language == LANGUAGE_RU
				  ? "нужны type (" PLAY_CONTEXT_KINDS ") и id"
				  : "needs a type (" PLAY_CONTEXT_KINDS
				    ") and an id");
	return false;
}

void
handle_queue_put(struct call *call)
{
	const struct param_value *ids = call_field(call, "track_ids");
	const struct param_value *shuffle = call_field(call, "shuffle");
	bool shuffled = shuffle->number != 0;
	int64_t none = 0;
	struct queue_work work = {
		.call = call,
		.save = { .track_count = ids->id_count,
			  .current_index =
				  call_field(call, "current_index")->number,
			  .position_ms =
				  call_field(call, "position_ms")->number,
			  .device = call_field_text(call, "device"),
			  .shuffle = shuffle->given ? &shuffled : NULL,
			  .repeat = call_field_text(call, "repeat"),
			  .expected_version = playlist_expected(call) },
	};
	struct json_writer json;
	struct buffer body;

	if (ids->given)
		work.save.track_ids = ids->id_count > 0 ? ids->ids : &none;
	if (!context_read(call, &work.save) ||
	    !call_write_store(call, queue_put_run, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_int(&json, "version", work.queue.version);
	json_member_time(&json, "updated_at", work.queue.updated_at_ms);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

/* ---- continue -------------------------------------------------------------
 */

/* One thing to go on with, as it is shown. */
struct going {
	const struct play_context *context;
	const char *title, *subtitle, *cover_url;
	struct track track;
};

struct continue_work {
	struct call *call;
	struct going going[CONTINUE_MAX];
	size_t count;
};

static enum status
going_title(struct store_session *session, struct call *call,
	    struct going *going, struct fault *fault)
{
	const struct play_context *context = going->context;
	struct arena *arena = call->arena;
	struct playlist playlist;
	struct artist artist;
	struct album album;
	struct genre genre;
	enum status status;

	if (strcmp(context->kind, "album") == 0) {
		status = albums_get(session, context->id, arena, &album, fault);
		if (status == STATUS_OK) {
			going->title = album.title;
			going->subtitle = album.artist;
		}
	} else if (strcmp(context->kind, "playlist") == 0) {
		status = playlist_to_see(session, call, context->id, &playlist,
					 fault);
		if (status == STATUS_OK) {
			going->title = playlist.title;
			going->subtitle = playlist.owner;
			going->cover_url =
				form_cover_url(arena, "playlists", playlist.id,
					       &playlist.cover);
		}
	} else if (strcmp(context->kind, "artist") == 0) {
		status = artists_get(session, context->id, arena, &artist,
				     fault);
		going->title = status == STATUS_OK ? artist.name : NULL;
	} else if (strcmp(context->kind, "genre") == 0) {
		status = genres_get(session, context->id, arena, &genre, fault);
		going->title = status == STATUS_OK ? genre.name : NULL;
	} else {
		status = STATUS_OK;
		going->title = going->track.title;
		going->subtitle = going->track.artist;
	}
	return status;
}

/* What is not there any more is passed over. */
static enum status
going_add(struct store_session *session, struct continue_work *work,
	  const struct play_context *context, struct fault *fault)
{
	struct arena *arena = work->call->arena;
	struct going going = { .context = context };
	enum status status = tracks_get(session, context->track_id, arena,
					&going.track, fault);

	if (status == STATUS_OK)
		status = going_title(session, work->call, &going, fault);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK)
		return status;
	if (going.cover_url == NULL)
		going.cover_url = form_cover_url(
			arena, "tracks", going.track.id, &going.track.cover);
	work->going[work->count++] = going;
	return STATUS_OK;
}

static enum status
continue_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct continue_work *work = cookie;
	struct play_context *contexts = NULL;
	size_t count = 0;
	enum status status = play_contexts_list(
		session, work->call->caller.user_id, CONTINUE_MAX,
		work->call->arena, &contexts, &count, fault);

	work->count = 0;
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = going_add(session, work, &contexts[i], fault);
	return status;
}

void
handle_continue(struct call *call)
{
	struct continue_work *work =
		arena_new(call->arena, struct continue_work, 1);
	struct json_writer json;
	struct buffer body;

	work->call = call;
	if (!call_read_store(call, continue_run, work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_array_begin(&json, "items");
	for (size_t i = 0; i < work->count; i++) {
		const struct going *going = &work->going[i];

		json_object_begin(&json);
		json_member_text(&json, "type", going->context->kind);
		json_member_int(&json, "id", going->context->id);
		json_member_text(&json, "title", going->title);
		json_member_text(&json, "subtitle", going->subtitle);
		json_member_text(&json, "cover_url", going->cover_url);
		json_name(&json, "track");
		form_track(&json, &going->track, false);
		json_member_int(&json, "position_ms",
				going->context->position_ms);
		json_member_int(&json, "index", going->context->index);
		json_member_time(&json, "updated_at",
				 going->context->updated_at_ms);
		json_object_end(&json);
	}
	json_array_end(&json);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}
