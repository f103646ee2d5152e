/* search.c - routes that find things by words.
 *
 * The index gives ids in their order; the things themselves are read from the
 * store, so that an answer never shows what is no longer true. */
#include "api/api.h"
#include "api/forms.h"
#include "api/handlers.h"
#include "api/playlists.h"
#include "base/clock.h"
#include "driver/search.h"
#include "service/index.h"
#include "service/listening.h"
#include "service/playlist_search.h"

#define MULTI_LIMIT_MAX 20

/* Things of one kind, in the order they were found. */
struct things {
	const struct search_found *found;
	struct track *tracks;
	struct album *albums;
	struct artist *artists;
	struct playlist *playlists;
	struct taste *tastes; /* of the playlists */
	size_t count;
};

struct search_work {
	struct call *call;
	struct search_query query;
	struct search_answer answer;
	struct things of[SEARCH_KINDS];
	int64_t started_us;
};

static int64_t *
ids_of(struct arena *arena, const struct search_found *found)
{
	int64_t *ids = arena_new(arena, int64_t, found->count + 1);

	for (size_t i = 0; i < found->count; i++)
		ids[i] = found->hits[i].id;
	return ids;
}

static enum status
playlists_load(struct store_session *session, const struct call *call,
	       const int64_t *ids, struct things *things, struct fault *fault)
{
	int64_t viewer_id = call->caller.user_id;
	enum status status = playlists_get_many(
		session, viewer_id, ids, things->found->count, call->arena,
		&things->playlists, &things->count, fault);
	int64_t *seen = arena_new(call->arena, int64_t, things->count + 1);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < things->count; i++)
		seen[i] = things->playlists[i].id;
	return taste_get_many(session, viewer_id, TASTE_PLAYLIST, seen,
			      things->count, call->arena, &things->tastes,
			      fault);
}

static enum status
things_load(struct store_session *session, const struct call *call,
	    enum search_kind kind, struct things *things, struct fault *fault)
{
	const struct search_found *found = things->found;
	struct arena *arena = call->arena;
	const int64_t *ids = ids_of(arena, found);

	switch (kind) {
	case SEARCH_TRACK:
		return tracks_get_many(session, ids, found->count, arena,
				       &things->tracks, &things->count,
				       fault);
	case SEARCH_ALBUM:
		return albums_get_many(session, ids, found->count, arena,
				       &things->albums, &things->count,
				       fault);
	case SEARCH_ARTIST:
		return artists_get_many(session, ids, found->count, arena,
					&things->artists, &things->count,
					fault);
	case SEARCH_PLAYLIST:
		return playlists_load(session, call, ids, things, fault);
	}
	things->count = 0;
	return STATUS_OK;
}

static enum status
load_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct search_work *work = cookie;
	enum status status = STATUS_OK;

	for (int kind = 0; kind < SEARCH_KINDS && status == STATUS_OK;
	     kind++) {
		work->of[kind] = (struct things){
			.found = &work->answer.found[kind]
		};
		if (work->of[kind].found->count > 0)
			status = things_load(session, work->call,
					     (enum search_kind)kind,
					     &work->of[kind], fault);
	}
	return status;
}

/* Pages after the first are the same search. */
static void
search_note(const struct search_work *work)
{
	struct call *call = work->call;
	const char *last = strrchr(call->route->pattern, '/');
	struct event_search search = {
		.at_ms = clock_now_ms(),
		.user_id = call->caller.user_id,
		.query = work->query.text,
		.surface = last + 1,
		.took_us = (uint32_t)(clock_monotonic_us() - work->started_us),
	};

	for (int kind = 0; kind < SEARCH_KINDS; kind++)
		search.results += work->answer.found[kind].total;
	if (call->api->args.listening != NULL && work->query.offset == 0)
		listening_note_search(call->api->args.listening, &search);
}

/* Finds and loads; false: answered already. */
static bool
search_do(struct search_work *work)
{
	struct api *api = work->call->api;
	struct fault fault = { 0 };

	work->started_us = clock_monotonic_us();
	if (playlist_search_query(api->args.index, api->args.store,
				  work->call->caller.user_id,
				  work->call->arena, &work->query,
				  &work->answer, &fault) != STATUS_OK) {
		call_answer_fault(work->call, &fault);
		return false;
	}
	search_note(work);
	return call_read_store(work->call, load_work, work);
}

/* ---- forms -------------------------------------------------------------- */

static void
segments_form(struct json_writer *json, struct arena *arena, const char *text,
	      const struct search_answer *answer, enum search_rank rank)
{
	struct search_segment *segments = NULL;
	size_t count = search_highlight(arena, text, answer, rank, &segments);

	json_array_begin(json);
	for (size_t i = 0; i < count; i++) {
		json_object_begin(json);
		json_name(json, "text");
		json_text_span(json, segments[i].text);
		json_member_bool(json, "match", segments[i].match);
		json_object_end(json);
	}
	json_array_end(json);
}

static void
highlight_member(struct json_writer *json, const struct search_work *work,
		 const char *name, const char *text, enum search_rank rank)
{
	json_name(json, name);
	if (text == NULL) {
		json_null_value(json);
		return;
	}
	segments_form(json, work->call->arena, text, &work->answer, rank);
}

/* A thing that went away between the two reads leaves a gap in the ids. */
static enum search_rank
rank_of(const struct search_found *found, int64_t id)
{
	for (size_t i = 0; i < found->count; i++) {
		if (found->hits[i].id == id)
			return found->hits[i].rank;
	}
	return SEARCH_UNRANKED;
}

static void
thing_form(struct json_writer *json, const struct search_work *work,
	   enum search_kind kind, size_t at)
{
	const struct things *things = &work->of[kind];
	const char *title = NULL, *artist = NULL, *album = NULL;
	int64_t id = 0;
	enum search_rank rank;

	if (kind == SEARCH_TRACK) {
		const struct track *track = &things->tracks[at];

		form_track(json, track, true);
		id = track->id;
		title = track->title;
		artist = track->artist;
		album = track->album;
	} else if (kind == SEARCH_ALBUM) {
		form_album(json, &things->albums[at], true);
		id = things->albums[at].id;
		title = things->albums[at].title;
		artist = things->albums[at].artist;
	} else if (kind == SEARCH_PLAYLIST) {
		form_playlist(json, work->call, &things->playlists[at],
			      &things->tastes[at], true);
		id = things->playlists[at].id;
		title = things->playlists[at].title;
		artist = things->playlists[at].owner;
	} else {
		form_artist(json, &things->artists[at], true);
		id = things->artists[at].id;
		title = things->artists[at].name;
	}
	rank = rank_of(things->found, id);
	json_member_object_begin(json, "highlights");
	highlight_member(json, work, "title", title, rank);
	highlight_member(json, work, "artist", artist, rank);
	highlight_member(json, work, "album", album, rank);
	json_object_end(json);
	json_object_end(json);
}

static void
items_form(struct json_writer *json, const struct search_work *work,
	   enum search_kind kind)
{
	json_member_array_begin(json, "items");
	for (size_t i = 0; i < work->of[kind].count; i++)
		thing_form(json, work, kind, i);
	json_array_end(json);
	json_member_int(json, "total", work->answer.found[kind].total);
}

static void
facet_form(struct json_writer *json, const char *name,
	   const struct search_facets *facets, bool with_id)
{
	json_member_array_begin(json, name);
	for (size_t i = 0; i < facets->count; i++) {
		const struct search_facet *facet = &facets->values[i];

		json_object_begin(json);
		json_name(json, "value");
		if (facet->text != NULL)
			json_text(json, facet->text);
		else
			json_int(json, facet->id);
		if (with_id)
			json_member_int(json, "id", facet->id);
		json_member_int(json, "count", facet->count);
		json_object_end(json);
	}
	json_array_end(json);
}

static void
ending_form(struct json_writer *json, const struct search_work *work)
{
	json_member_text(json, "did_you_mean", work->answer.did_you_mean);
	json_member_text(json, "engine", work->answer.engine);
	json_member_double(json, "took_ms",
			   (double)(clock_monotonic_us() - work->started_us) /
				   1000);
}

/* took_ms differs each time, so an ETag would never match: none is sent. */
static void
search_answer_json(struct call *call, struct buffer *body)
{
	http_answer_buffer(call->request, 200, "application/json", body);
}

/* ---- handlers ----------------------------------------------------------- */

static void
kind_answer(struct call *call, enum search_kind kind)
{
	struct search_work work = {
		.call = call,
		.query = { .text = call_text(call, "q"),
			   .kinds = SEARCH_KIND_BIT(kind),
			   .limit = (uint32_t)call_int(call, "limit"),
			   .offset = (uint32_t)call_int(call, "offset"),
			   .genre = call_text(call, "genre"),
			   .year = (int32_t)call_int(call, "year"),
			   .artist_id = call_int(call, "artist_id"),
			   .count_up_to = SEARCH_TOTAL_MAX,
			   .want_facets = call_int(call, "facets") != 0 },
	};
	const struct search_found *found = &work.answer.found[kind];
	struct json_writer json;
	struct buffer body;

	if (!search_do(&work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	items_form(&json, &work, kind);
	json_member_bool(&json, "total_is_lower_bound",
			 found->total_is_lower_bound);
	ending_form(&json, &work);
	json_member_object_begin(&json, "facets");
	facet_form(&json, "genre", &found->genres, false);
	facet_form(&json, "year", &found->years, false);
	facet_form(&json, "artist", &found->artists, true);
	json_object_end(&json);
	json_object_end(&json);
	search_answer_json(call, &body);
}

void
handle_search_tracks(struct call *call)
{
	kind_answer(call, SEARCH_TRACK);
}

void
handle_search_artists(struct call *call)
{
	kind_answer(call, SEARCH_ARTIST);
}

void
handle_search_albums(struct call *call)
{
	kind_answer(call, SEARCH_ALBUM);
}

void
handle_search_playlists(struct call *call)
{
	kind_answer(call, SEARCH_PLAYLIST);
}

static const char *const kind_names[] = { "track", "album", "artist",
					  "playlist" };
static const char *const group_names[] = { "tracks", "albums", "artists",
					   "playlists" };

/* The best hit of all kinds: best rank; of equals an artist before an album
 * before a track, because whoever types a name wants its owner. */
static bool
top_find(const struct search_work *work, enum search_kind *kind)
{
	static const enum search_kind order[] = { SEARCH_ARTIST, SEARCH_ALBUM,
						  SEARCH_TRACK,
						  SEARCH_PLAYLIST };
	enum search_rank best = SEARCH_UNRANKED;

	for (size_t i = 0; i < ARRAY_LENGTH(order); i++) {
		const struct things *things = &work->of[order[i]];

		if (things->count > 0 && things->found->hits[0].rank < best) {
			best = things->found->hits[0].rank;
			*kind = order[i];
		}
	}
	return best != SEARCH_UNRANKED;
}

static void
top_form(struct json_writer *json, const struct search_work *work)
{
	enum search_kind kind;

	json_name(json, "top");
	if (!top_find(work, &kind)) {
		json_null_value(json);
		return;
	}
	json_object_begin(json);
	json_member_text(json, "type", kind_names[kind]);
	json_name(json, "item");
	thing_form(json, work, kind, 0);
	json_object_end(json);
}

void
handle_search_multi(struct call *call)
{
	int64_t limit = call_int(call, "limit");
	struct search_work work = {
		.call = call,
		.query = { .text = call_text(call, "q"),
			   .kinds = SEARCH_ALL_KINDS,
			   .limit = (uint32_t)(limit < MULTI_LIMIT_MAX ?
						       limit :
						       MULTI_LIMIT_MAX),
			   .count_up_to = SEARCH_TOTAL_MAX },
	};
	struct json_writer json;
	struct buffer body;

	if (!search_do(&work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	top_form(&json, &work);
	for (int kind = 0; kind < SEARCH_KINDS; kind++) {
		json_member_object_begin(&json, group_names[kind]);
		items_form(&json, &work, (enum search_kind)kind);
		json_object_end(&json);
	}
	ending_form(&json, &work);
	json_object_end(&json);
	search_answer_json(call, &body);
}

/* ---- suggestions -------------------------------------------------------- */

/* What stands under a suggestion: its artist, or how many albums. */
static void
suggestion_extras(struct json_writer *json, const struct search_work *work,
		  const struct search_hit *hit)
{
	const struct things *things = &work->of[hit->kind];
	const struct cover_ref *cover = NULL;
	const char *subtitle = hit->artist;

	for (size_t i = 0; i < things->count; i++) {
		if (hit->kind == SEARCH_TRACK &&
		    things->tracks[i].id == hit->id)
			cover = &things->tracks[i].cover;
		else if (hit->kind == SEARCH_ALBUM &&
			 things->albums[i].id == hit->id)
			cover = &things->albums[i].cover;
		else if (hit->kind == SEARCH_ARTIST &&
			 things->artists[i].id == hit->id)
			cover = &things->artists[i].cover;
		else if (hit->kind == SEARCH_PLAYLIST &&
			 things->playlists[i].id == hit->id)
			cover = &things->playlists[i].cover;
	}
	json_member_text(json, "subtitle",
			 hit->kind == SEARCH_ARTIST ? NULL : subtitle);
	json_member_text(json, "cover_url",
			 cover != NULL ? form_cover_url(work->call->arena,
							group_names[hit->kind],
							hit->id, cover) :
					 NULL);
}

/* Splits the mixed list by kind, so that the things can be loaded. */
static void
suggestions_split(struct search_work *work,
		  const struct search_suggestions *suggestions)
{
	for (int kind = 0; kind < SEARCH_KINDS; kind++) {
		struct search_found *found = &work->answer.found[kind];

		found->hits = arena_new(work->call->arena, struct search_hit,
					suggestions->count + 1);
		found->count = 0;
		for (size_t i = 0; i < suggestions->count; i++) {
			if ((int)suggestions->hits[i].kind == kind)
				found->hits[found->count++] =
					suggestions->hits[i];
		}
	}
}

void
handle_search_suggest(struct call *call)
{
	int64_t limit = call_int(call, "limit");
	struct search_suggestions suggestions = { 0 };
	struct search_work work = { .call = call,
				    .started_us = clock_monotonic_us() };
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;

	if (playlist_search_suggest(
		    call->api->args.index, call->api->args.store,
		    call->caller.user_id, call->arena, call_text(call, "q"),
		    (uint32_t)(limit < SEARCH_SUGGEST_MAX ?
				       limit :
				       SEARCH_SUGGEST_MAX),
		    &suggestions, &fault) != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	work.answer = suggestions.answer;
	suggestions_split(&work, &suggestions);
	if (!call_read_store(call, load_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_array_begin(&json, "items");
	for (size_t i = 0; i < suggestions.count; i++) {
		const struct search_hit *hit = &suggestions.hits[i];

		json_object_begin(&json);
		json_member_text(&json, "type", kind_names[hit->kind]);
		json_member_int(&json, "id", hit->id);
		json_member_text(&json, "text", hit->title);
		suggestion_extras(&json, &work, hit);
		json_name(&json, "highlights");
		segments_form(&json, call->arena, hit->title, &work.answer,
			      hit->rank);
		json_object_end(&json);
	}
	json_array_end(&json);
	ending_form(&json, &work);
	json_object_end(&json);
	search_answer_json(call, &body);
}
