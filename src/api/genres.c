/* genres.c - routes about genres, and the library's numbers. */
#include "api/forms.h"
#include "api/handlers.h"
#include "api/short_list.h"
#include "library/edits.h"

#include <string.h>

#define TOP_ARTISTS 10

struct genres_work {
	struct call *call;
	struct page_request page;
	struct genre_list list;
	struct genre genre;
	struct artist *artists;
	size_t artist_count;
};

static enum status
genres_list_work(struct store_session *session, void *cookie,
		 struct fault *fault)
{
	struct genres_work *work = cookie;
	enum genre_sort sort = GENRES_BY_TRACKS_DESC;

	genre_sort_parse(call_text(work->call, "sort"), &sort);
	return genres_list(session, sort, call_text(work->call, "q"),
			   &work->page, work->call->arena, &work->list, fault);
}

/* ---- what was merged --------------------------------------------------------- */

struct merged_work {
	struct call *call;
	struct merged_genre *genres;
	size_t count;
	struct page_info page;
};

static const char *
merged_key(const void *row, struct arena *arena)
{
	return arena_print(arena, "%lld",
			   (long long)((const struct merged_genre *)row)->id);
}

static const char *
merged_words(const void *row, struct arena *arena)
{
	(void)arena;
	return ((const struct merged_genre *)row)->name;
}

static bool
merged_passes(const void *row, const struct call *call)
{
	(void)row;
	(void)call;
	return true;
}

static int
merged_by_id(const void *a, const void *b)
{
	return short_by_number(((const struct merged_genre *)a)->id,
			       ((const struct merged_genre *)b)->id);
}

static int
merged_by_name(const void *a, const void *b)
{
	int order = strcmp(((const struct merged_genre *)a)->name,
			   ((const struct merged_genre *)b)->name);

	return order != 0 ? order : merged_by_id(a, b);
}

/* They have no tracks to be counted. */
static const struct short_kind merged_list = {
	.size = sizeof(struct merged_genre),
	.key = merged_key,
	.words = merged_words,
	.passes = merged_passes,
	.orders = { { "track_count", merged_by_id },
		    { "name", merged_by_name } },
};

static enum status
genres_merged_work(struct store_session *session, void *cookie,
		   struct fault *fault)
{
	struct merged_work *work = cookie;
	enum status status = genres_merged(session, work->call->arena,
					   &work->genres, &work->count, fault);

	return status != STATUS_OK ?
		       status :
		       short_list_cut(work->call, &merged_list, work->genres,
				      &work->count, &work->page, fault);
}

static void
merged_form(struct json_writer *json, const struct merged_genre *genre)
{
	const struct genre plain = { .id = genre->id, .name = genre->name };

	form_genre(json, &plain, true);
	if (genre->target_id != 0) {
		json_member_object_begin(json, "merged_into");
		json_member_int(json, "id", genre->target_id);
		json_member_text(json, "name", genre->target);
		json_object_end(json);
	} else {
		json_member_null(json, "merged_into");
	}
	json_object_end(json);
}

static void
genres_merged_answer(struct call *call)
{
	struct merged_work work = { .call = call };
	struct page_answer answer;

	if (!call_expect_role(call, USER_ROLE_MODERATOR) ||
	    !call_read_store(call, genres_merged_work, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.count; i++)
		merged_form(&answer.json, &work.genres[i]);
	page_end(&answer, call, &work.page);
}

/* ---- those there are --------------------------------------------------------- */

void
handle_genres_list(struct call *call)
{
	struct genres_work work = { .call = call, .page = call_page(call) };
	struct page_answer answer;

	if (call_int(call, "merged") != 0) {
		genres_merged_answer(call);
		return;
	}
	if (!call_read_store(call, genres_list_work, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.list.count; i++)
		form_genre(&answer.json, &work.list.items[i], false);
	page_end(&answer, call, &work.list.page);
}

static void
genre_answer(struct call *call, store_work *work)
{
	struct genres_work cookie = { .call = call };
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, work, &cookie))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	form_genre(&json, &cookie.genre, false);
	call_answer_json(call, 200, &body);
}

static enum status
genre_get_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct genres_work *work = cookie;

	return genres_get(session, call_int(work->call, "id"),
			  work->call->arena, &work->genre, fault);
}

static enum status
genre_find_work(struct store_session *session, void *cookie,
		struct fault *fault)
{
	struct genres_work *work = cookie;

	return genres_find(session, call_text(work->call, "name"),
			   work->call->arena, &work->genre, fault);
}

void
handle_genre_get(struct call *call)
{
	genre_answer(call, genre_get_work);
}

void
handle_genre_by_name(struct call *call)
{
	genre_answer(call, genre_find_work);
}

static enum status
genre_stats_work(struct store_session *session, void *cookie,
		 struct fault *fault)
{
	struct genres_work *work = cookie;
	int64_t id = call_int(work->call, "id"), *ids = NULL;
	size_t count = 0;
	enum status status = genres_get(session, id, work->call->arena,
					&work->genre, fault);

	if (status == STATUS_OK)
		status = genres_top_artists(session, id, TOP_ARTISTS,
					    work->call->arena, &ids, &count,
					    fault);
	if (status == STATUS_OK)
		status = artists_get_many(session, ids, count,
					  work->call->arena, &work->artists,
					  &work->artist_count, fault);
	return status;
}

void
handle_genre_stats(struct call *call)
{
	struct genres_work work = { .call = call };
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, genre_stats_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_int(&json, "track_count", work.genre.track_count);
	json_member_int(&json, "album_count", work.genre.album_count);
	json_member_int(&json, "artist_count", work.genre.artist_count);
	json_member_int(&json, "duration_ms", work.genre.duration_ms);
	json_member_array_begin(&json, "top_artists");
	for (size_t i = 0; i < work.artist_count; i++)
		form_artist(&json, &work.artists[i], false);
	json_array_end(&json);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

static enum status
library_work(struct store_session *session, void *cookie, struct fault *fault)
{
	return library_summary_get(session, cookie, fault);
}

void
handle_library(struct call *call)
{
	struct library_summary summary;
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, library_work, &summary))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_int(&json, "tracks", summary.tracks);
	json_member_int(&json, "albums", summary.albums);
	json_member_int(&json, "artists", summary.artists);
	json_member_int(&json, "genres", summary.genres);
	json_member_int(&json, "duration_ms", summary.duration_ms);
	json_member_int(&json, "size_bytes", summary.size_bytes);
	json_member_time(&json, "last_scan_at", summary.last_scan_at_ms);
	json_member_bool(&json, "scanning", summary.scanning);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}
