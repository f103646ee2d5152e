/* albums.c - routes about albums. */
#include "api/forms.h"
#include "api/handlers.h"

struct albums_work {
	struct call *call;
	int64_t of_artist; /* must be there; 0: not about one artist */
	struct album_filter filter;
	enum album_sort sort;
	struct page_request page;
	struct album_list list;
};

static enum status
albums_list_work(struct store_session *session, void *cookie,
		 struct fault *fault)
{
	struct albums_work *work = cookie;
	enum status status = artist_expect(session, work->of_artist,
					   work->call->arena, fault);

	if (status != STATUS_OK)
		return status;
	return albums_list(session, &work->filter, work->sort, &work->page,
			   work->call->arena, &work->list, fault);
}

static void
albums_work_answer(struct albums_work *work)
{
	work->page = call_page(work->call);
	if (call_read_store(work->call, albums_list_work, work))
		answer_albums(work->call, work->list.items, work->list.count,
			      &work->list.page);
}

void
handle_albums_list(struct call *call)
{
	struct albums_work work = {
		.call = call,
		.filter = { .genre = call_text(call, "genre"),
			    .genre_id = call_int(call, "genre_id"),
			    .artist_id = call_int(call, "artist_id"),
			    .year = (int32_t)call_int(call, "year") },
	};

	album_sort_parse(call_text(call, "sort"), &work.sort);
	albums_work_answer(&work);
}

void
handle_albums_popular(struct call *call)
{
	struct albums_work work = { .call = call,
				    .sort = ALBUMS_BY_POPULARITY_DESC };

	albums_work_answer(&work);
}

void
handle_albums_recent(struct call *call)
{
	struct albums_work work = { .call = call,
				    .sort = ALBUMS_BY_CREATED_DESC };

	albums_work_answer(&work);
}

void
handle_artist_albums(struct call *call)
{
	const char *role = call_text(call, "role");
	struct albums_work work = {
		.call = call,
		.of_artist = call_int(call, "id"),
		.filter = { .artist_id = call_int(call, "id"),
			    .role_given = role != NULL,
			    .role = CREDIT_MAIN,
			    .any_role = role == NULL },
		.sort = ALBUMS_BY_YEAR_DESC,
	};

	if (role != NULL)
		credit_role_parse(role, &work.filter.role);
	albums_work_answer(&work);
}

struct album_work {
	struct call *call;
	struct album album;
	struct page_request page;
	struct track_list tracks;
};

static enum status
album_get_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct album_work *work = cookie;

	return albums_get(session, call_int(work->call, "id"),
			  work->call->arena, &work->album, fault);
}

void
handle_album_get(struct call *call)
{
	struct album_work work = { .call = call };
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, album_get_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	form_album(&json, &work.album, false);
	call_answer_json(call, 200, &body);
}

static enum status
album_tracks_work(struct store_session *session, void *cookie,
		  struct fault *fault)
{
	struct album_work *work = cookie;

	return albums_tracks(session, call_int(work->call, "id"), &work->page,
			     work->call->arena, &work->tracks, fault);
}

void
handle_album_tracks(struct call *call)
{
	struct album_work work = { .call = call, .page = call_page(call) };

	if (call_read_store(call, album_tracks_work, &work))
		answer_tracks(call, work.tracks.items, work.tracks.count,
			      &work.tracks.page);
}
