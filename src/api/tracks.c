/* tracks.c - routes about tracks. */
#include "api/api.h"
#include "api/forms.h"
#include "api/handlers.h"
#include "library/track_analysis.h"
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

/* A bound of a filter, when it is given. */
static struct optional_double
bound(struct call *call, const char *name)
{
	const struct param_value *value = call_value(call, name);

	return (struct optional_double){ value->given, value->real };
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
			    .tempo_min = bound(call, "tempo_min"),
			    .tempo_max = bound(call, "tempo_max"),
			    .energy_min = bound(call, "energy_min"),
			    .energy_max = bound(call, "energy_max"),
			    .valence_min = bound(call, "valence_min"),
			    .valence_max = bound(call, "valence_max"),
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

/* ---- what was heard ----------------------------------------------------- */

struct heard_work {
	struct call *call;
	struct analysis_waveform waveform;
	struct analysis_row row;
};

static enum status
waveform_work(struct store_session *session, void *cookie,
	      struct fault *fault)
{
	struct heard_work *work = cookie;

	return analysis_waveform(session, call_int(work->call, "id"),
				 work->call->arena, &work->waveform, fault);
}

/* Every second byte from `first` on. */
static void
points_form(struct json_writer *json, const char *name, struct span points,
	    size_t first)
{
	json_member_array_begin(json, name);
	for (size_t i = first; i < points.length; i += 2)
		json_int(json, (uint8_t)points.at[i]);
	json_array_end(json);
}

void
handle_track_waveform(struct call *call)
{
	struct heard_work work = { .call = call };
	const struct analysis_waveform *waveform = &work.waveform;
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, waveform_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_int(&json, "duration_ms",
			waveform->samples * 1000 / waveform->sample_rate_hz);
	points_form(&json, "peaks", waveform->points, 0);
	points_form(&json, "rms", waveform->points, 1);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

static enum status
analysis_work(struct store_session *session, void *cookie,
	      struct fault *fault)
{
	struct heard_work *work = cookie;

	return analysis_get(session, call_int(work->call, "id"),
			    work->call->arena, &work->row, fault);
}

static void
guesses_form(struct json_writer *json, const struct analysis_row *row)
{
	json_member_text(json, "genre",
			 row->genre_count > 0 &&
					 row->genres[0].probability >=
						 GENRE_SURE ?
				 row->genres[0].name :
				 NULL);
	json_member_array_begin(json, "genres");
	for (size_t i = 0; i < row->genre_count; i++) {
		json_object_begin(json);
		json_member_text(json, "name", row->genres[i].name);
		json_member_double(json, "confidence",
				   row->genres[i].probability);
		json_object_end(json);
	}
	json_array_end(json);
}

void
handle_track_analysis(struct call *call)
{
	struct heard_work work = { .call = call };
	const struct analysis_row *row = &work.row;
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, analysis_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_time(&json, "analysed_at", row->analysed_at_ms);
	json_member_int(&json, "version", row->version);
	json_member_text(&json, "error", row->error);
	double_or_null(&json, "loudness_lufs", row->loudness_lufs);
	double_or_null(&json, "loudness_range_lu", row->loudness_range_lu);
	double_or_null(&json, "true_peak_dbtp", row->true_peak_dbtp);
	json_member_double(&json, "start_silence_ms", row->start_silence_ms);
	json_member_double(&json, "end_silence_ms", row->end_silence_ms);
	double_or_null(&json, "tempo", row->tempo);
	double_or_null(&json, "other_tempo", row->other_tempo);
	double_or_null(&json, "tempo_confidence", row->tempo_confidence);
	json_member_text(&json, "key", row->key);
	double_or_null(&json, "key_confidence", row->key_confidence);
	double_or_null(&json, "energy", row->energy);
	double_or_null(&json, "valence", row->valence);
	double_or_null(&json, "danceability", row->danceability);
	guesses_form(&json, row);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}
