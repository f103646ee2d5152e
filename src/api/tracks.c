/* tracks.c - routes about tracks. */
#include "api/api.h"
#include "api/forms.h"
#include "api/handlers.h"
#include "service/lyrics.h"

struct tracks_work {
	struct call *call;
	int64_t of_artist; /* must be there; 0: not about one artist */
	struct track_filter filter;
	enum track_sort sort;
	struct page_request page;
	struct track_list list;
};

static enum status
tracks_list_work(struct store_session *session, void *cookie,
		 struct fault *fault)
{
	struct tracks_work *work = cookie;
	enum status status = artist_expect(session, work->of_artist,
					   work->call->arena, fault);

	if (status != STATUS_OK)
		return status;
	return tracks_list(session, &work->filter, work->sort, &work->page,
			   work->call->arena, &work->list, fault);
}

static void
tracks_work_answer(struct tracks_work *work)
{
	work->page = call_page(work->call);
	if (call_read_store(work->call, tracks_list_work, work))
		answer_tracks(work->call, work->list.items, work->list.count,
			      &work->list.page);
}

static enum status
tracks_hidden_work(struct store_session *session, void *cookie,
		   struct fault *fault)
{
	struct tracks_work *work = cookie;

	return tracks_hidden(session, &work->page, work->call->arena,
			     &work->list, fault);
}

static void
tracks_hidden_answer(struct call *call)
{
	struct tracks_work work = { .call = call, .page = call_page(call) };

	if (call_expect_role(call, USER_ROLE_MODERATOR) &&
	    call_read_store(call, tracks_hidden_work, &work))
		answer_tracks(call, work.list.items, work.list.count,
			      &work.list.page);
}

void
handle_tracks_list(struct call *call)
{
	struct tracks_work work = {
		.call = call,
		.filter = { .genre = call_text(call, "genre"),
			    .genre_id = call_int(call, "genre_id"),
			    .artist_id = call_int(call, "artist_id"),
			    .album_id = call_int(call, "album_id"),
			    .year = (int32_t)call_int(call, "year"),
			    .year_min = (int32_t)call_int(call, "year_min"),
			    .year_max = (int32_t)call_int(call, "year_max"),
			    .codec = call_text(call, "codec"),
			    .source = call_text(call, "source") },
	};

	if (call_int(call, "hidden") != 0) {
		tracks_hidden_answer(call);
		return;
	}
	track_sort_parse(call_text(call, "sort"), &work.sort);
	tracks_work_answer(&work);
}

void
handle_tracks_popular(struct call *call)
{
	struct tracks_work work = { .call = call,
				    .sort = TRACKS_BY_POPULARITY_DESC };

	tracks_work_answer(&work);
}

void
handle_artist_tracks(struct call *call)
{
	struct tracks_work work = {
		.call = call,
		.of_artist = call_int(call, "id"),
		.filter = { .artist_id = call_int(call, "id") },
		.sort = TRACKS_BY_POPULARITY_DESC,
	};

	tracks_work_answer(&work);
}

struct track_work {
	struct call *call;
	struct track track;
};

static enum status
track_get_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct track_work *work = cookie;

	return tracks_get(session, call_int(work->call, "id"),
			  work->call->arena, &work->track, fault);
}

void
handle_track_get(struct call *call)
{
	struct track_work work = { .call = call };
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, track_get_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	form_track(&json, &work.track, false);
	call_answer_json(call, 200, &body);
}

static void
lyrics_form(struct json_writer *json, const struct lyrics *lyrics)
{
	json_object_begin(json);
	json_member_bool(json, "synced", lyrics->synced);
	json_member_array_begin(json, "lines");
	for (size_t i = 0; i < lyrics->line_count; i++) {
		const struct lyrics_line *line = &lyrics->lines[i];

		json_object_begin(json);
		if (line->time_ms >= 0)
			json_member_int(json, "time_ms", line->time_ms);
		else
			json_member_null(json, "time_ms");
		json_member_text(json, "text", line->text);
		json_object_end(json);
	}
	json_array_end(json);
	json_member_text(json, "text", lyrics->text);
	json_object_end(json);
}

void
handle_track_lyrics(struct call *call)
{
	struct fault fault = { 0 };
	struct json_writer json;
	struct lyrics lyrics;
	struct buffer body;

	if (lyrics_get(call->api->args.store, call_int(call, "id"),
		       call->arena, &lyrics, &fault) != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	lyrics_form(&json, &lyrics);
	call_answer_json(call, 200, &body);
}
