/* listens.c - routes that take what players and pages report, and those about
 * what one person heard and may like. */
#include <stdio.h>

#include "api/things.h"
#include "api/api.h"
#include "api/handlers.h"
#include "api/playlists.h"
#include "base/clock.h"
#include "service/listen.h"
#include "service/recommend.h"

/* ---- listens -------------------------------------------------------------- */

struct sentence_of_field {
	const char *field;
	const char *in[2]; /* by enum call_language */
};

static const struct sentence_of_field sentences[] = {
	{ "track_id", { "there is no such track", "такой записи нет" } },
	{ "played_at",
	  { "is in the future, or too long ago",
	    "время ещё не наступило или прошло слишком давно" } },
	{ "session_id",
	  { "is required when nobody is signed in",
	    "обязательное поле, когда никто не вошёл" } },
	{ "events",
	  { "must be a list of 1 to 200 objects",
	    "должен быть списком из 1–200 объектов" } },
	{ NULL, { "is missing or not valid", "нет или заполнено неверно" } },
};

static const char *
sentence_of(const struct call *call, const char *field)
{
	const struct sentence_of_field *row = sentences;

	while (row->field != NULL && strcmp(row->field, field) != 0)
		row++;
	return row->in[call->language];
}

static bool
json_read_int(json_t *object, const char *name, int64_t min, int64_t max,
	      int64_t *out)
{
	json_t *value = json_object_get(object, name);

	if (value == NULL || json_is_null(value))
		return true;
	if (!json_is_integer(value) || json_integer_value(value) < min ||
	    json_integer_value(value) > max)
		return false;
	*out = json_integer_value(value);
	return true;
}

static bool
json_read_text(json_t *object, const char *name, size_t max_bytes,
	       const char **out)
{
	json_t *value = json_object_get(object, name);

	if (value == NULL || json_is_null(value))
		return true;
	if (!json_is_string(value) ||
	    json_string_length(value) > max_bytes ||
	    strlen(json_string_value(value)) != json_string_length(value))
		return false;
	*out = json_string_value(value);
	return true;
}

#define HEARD_MAX_MS 86400000

/* The name of the first bad member; NULL: all are good. */
static const char *
listen_read_json(json_t *object, struct listen_report *out)
{
	const char *action = "complete", *source = "library", *played_at = NULL;

	*out = (struct listen_report){ .heard_ms = -1 };
	if (!json_is_object(object))
		return "events";
	if (!json_read_int(object, "track_id", 1, INT64_MAX, &out->track_id) ||
	    out->track_id == 0)
		return "track_id";
	if (!json_read_int(object, "duration_played_ms", 0, HEARD_MAX_MS,
			   &out->heard_ms) ||
	    out->heard_ms < 0)
		return "duration_played_ms";
	if (!json_read_int(object, "position_ms", 0, HEARD_MAX_MS,
			   &out->position_ms))
		return "position_ms";
	if (!json_read_int(object, "source_id", 1, INT64_MAX, &out->source_id))
		return "source_id";
	if (!json_read_text(object, "action", 20, &action) ||
	    !event_action_parse(action, &out->action))
		return "action";
	if (!json_read_text(object, "source", 20, &source) ||
	    !event_source_parse(source, &out->source))
		return "source";
	if (!json_read_text(object, "played_at", 40, &played_at) ||
	    (played_at != NULL &&
	     !clock_parse_rfc3339(played_at, &out->began_at_ms)))
		return "played_at";
	if (!json_read_text(object, "session_id", 64, &out->session_id))
		return "session_id";
	if (!json_read_text(object, "event_id", 64, &out->event_id))
		return "event_id";
	if (!json_read_text(object, "platform", 160, &out->platform))
		return "platform";
	if (!json_read_text(object, "device_type", 160, &out->device_type))
		return "device_type";
	if (!json_read_text(object, "client", 240, &out->client))
		return "client";
	return NULL;
}

struct listens_form {
	struct listen_report *reports;
	size_t *indexes; /* in the body */
	size_t count;
	struct listen_rejection *bad; /* not well-formed */
	size_t bad_count;
};

static void
rejection_form(struct json_writer *json, const struct call *call, size_t index,
	       const char *field)
{
	json_object_begin(json);
	json_member_int(json, "index", (int64_t)index);
	json_member_text(json, "field", field);
	json_member_text(json, "message", sentence_of(call, field));
	json_object_end(json);
}

static void
answer_listens(struct call *call, const struct listens_form *form,
	       const struct listen_receipt *receipt)
{
	struct json_writer json;
	struct buffer body;

	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_int(&json, "accepted", (int64_t)receipt->accepted);
	json_member_int(&json, "duplicates", (int64_t)receipt->duplicates);
	json_member_int(&json, "plays", (int64_t)receipt->plays);
	json_member_array_begin(&json, "rejected");
	for (size_t i = 0; i < form->bad_count; i++)
		rejection_form(&json, call, form->bad[i].index,
			       form->bad[i].field);
	for (size_t i = 0; i < receipt->rejection_count; i++)
		rejection_form(&json, call,
			       form->indexes[receipt->rejections[i].index],
			       receipt->rejections[i].field);
	json_array_end(&json);
	json_object_end(&json);
	call_answer_json(call, 202, &body);
}

static bool
listens_take(struct call *call, const struct listens_form *form,
	     struct listen_receipt *receipt)
{
	struct listener who = { .user_id = call->caller.user_id,
				.address = call->caller.address };
	struct fault fault = { 0 };

	if (form->count == 0 ||
	    listen_take(call->api->args.listening, &who, form->reports,
			form->count, call->arena, receipt,
			&fault) == STATUS_OK)
		return true;
	call_answer_fault(call, &fault);
	return false;
}

static void
listens_many(struct call *call, json_t *events)
{
	size_t count = json_array_size(events);
	struct listens_form form = {
		.reports = arena_new(call->arena, struct listen_report, count),
		.indexes = arena_new(call->arena, size_t, count),
		.bad = arena_new(call->arena, struct listen_rejection, count),
	};
	struct listen_receipt receipt = { 0 };

	for (size_t i = 0; i < count; i++) {
		const char *bad = listen_read_json(
			json_array_get(events, i), &form.reports[form.count]);

		if (bad != NULL) {
			form.bad[form.bad_count++] = (struct listen_rejection){
				i, bad, STATUS_INVALID
			};
			continue;
		}
		form.indexes[form.count++] = i;
	}
	if (listens_take(call, &form, &receipt))
		answer_listens(call, &form, &receipt);
}

static void
listen_one(struct call *call, int64_t track_id)
{
	struct listen_report report = {
		.track_id = track_id,
		.heard_ms = call_field(call, "duration_played_ms")->number,
		.position_ms = call_field(call, "position_ms")->number,
		.began_at_ms = call_field(call, "played_at")->number,
		.source_id = call_field(call, "source_id")->number,
		.session_id = call_field_text(call, "session_id"),
		.event_id = call_field_text(call, "event_id"),
		.platform = call_field_text(call, "platform"),
		.device_type = call_field_text(call, "device_type"),
		.client = call_field_text(call, "client"),
	};
	size_t index = 0;
	struct listens_form form = { .reports = &report,
				     .indexes = &index,
				     .count = 1 };
	struct listen_receipt receipt = { 0 };

	event_action_parse(call_field_text(call, "action"), &report.action);
	event_source_parse(call_field_text(call, "source"), &report.source);
	if (!listens_take(call, &form, &receipt))
		return;
	if (receipt.rejection_count == 0)
		answer_listens(call, &form, &receipt);
	else if (receipt.rejections[0].status == STATUS_NOT_FOUND)
		call_answer_not_found(call);
	else
		call_answer_field(call, receipt.rejections[0].field,
				  sentence_of(call,
					      receipt.rejections[0].field));
}

void
handle_listen(struct call *call)
{
	const struct param_value *events = call_field(call, "events");

	if (events->given)
		listens_many(call, events->json);
	else if (!call_field(call, "track_id")->given)
		call_answer_field(call, "track_id",
				  sentence_of(call, "other"));
	else if (!call_field(call, "duration_played_ms")->given)
		call_answer_field(call, "duration_played_ms",
				  sentence_of(call, "other"));
	else
		listen_one(call, call_field(call, "track_id")->number);
}

void
handle_track_listen(struct call *call)
{
	listen_one(call, call_int(call, "id"));
}

/* ---- other events --------------------------------------------------------- */

static void
answer_accepted(struct call *call)
{
	struct json_writer json;
	struct buffer body;

	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_int(&json, "accepted", 1);
	json_object_end(&json);
	call_answer_json(call, 202, &body);
}

void
handle_event_search(struct call *call)
{
	const char *clicked = call_field_text(call, "clicked_type");
	struct event_search search = {
		.at_ms = clock_now_ms(),
		.user_id = call->caller.user_id,
		.query = call_field_text(call, "query"),
		.surface = clicked != NULL ? "click" : "client",
		.results =
			(uint32_t)call_field(call, "results_count")->number,
		.clicked = clicked,
		.clicked_id = call_field(call, "clicked_id")->number,
	};

	listening_note_search(call->api->args.listening, &search);
	answer_accepted(call);
}

void
handle_event_playlist(struct call *call)
{
	char action[40];
	struct event_activity activity = {
		.at_ms = clock_now_ms(),
		.user_id = call->caller.user_id,
		.action = action,
		.object = "playlist",
		.object_id = call_field(call, "playlist_id")->number,
	};

	snprintf(action, sizeof action, "playlist_%s",
		 call_field_text(call, "action"));
	listening_note_activity(call->api->args.listening, &activity);
	if (strcmp(call_field_text(call, "action"), "play") == 0)
		playlist_note_play(call, activity.object_id);
	answer_accepted(call);
}

/* ---- history -------------------------------------------------------------- */

struct history_answer {
	struct call *call;
	struct report_history history;
	struct things things;
};

static void
history_form(struct json_writer *json, const struct history_answer *answer,
	     const struct event_listen *listen)
{
	const struct track *track =
		things_track(&answer->things, listen->track_id);

	json_object_begin(json);
	json_name(json, "track");
	if (track != NULL)
		form_track(json, track, false);
	else
		json_null_value(json);
	json_member_int(json, "track_id", listen->track_id);
	json_member_time(json, "played_at", listen->began_at_ms);
	json_member_time(json, "reported_at", listen->at_ms);
	json_member_text(json, "action", event_action_name(listen->action));
	json_member_int(json, "heard_ms", listen->total_ms);
	json_member_bool(json, "counted", listen->counts);
	json_member_text(json, "source", event_source_name(listen->source));
	form_int_or_null(json, "source_id", listen->source_id);
	json_member_text(json, "platform", listen->platform);
	json_member_text(json, "device_type", listen->device);
	json_member_text(json, "client", listen->client);
	json_object_end(json);
}

static void
answer_history(struct call *call, int64_t user_id)
{
	const struct param_value *from = call_value(call, "from");
	const struct param_value *to = call_value(call, "to");
	struct history_answer answer = { .call = call };
	struct page_info page = { .total = -1 };
	struct fault fault = { 0 };
	struct page_answer body;

	if (report_history(call->api->args.listening, user_id,
			   from->given ? from->number : 0,
			   to->given ? to->number : INT64_MAX,
			   call_int(call, "plays") != 0,
			   call_text(call, "cursor"),
			   (uint32_t)call_int(call, "limit"), call->arena,
			   &answer.history, &fault) != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	for (size_t i = 0; i < answer.history.count; i++)
		things_want(&answer.things, call->arena, THING_TRACK,
			    answer.history.items[i].listen.track_id);
	if (!things_load(&answer.things, call))
		return;
	page_begin(&body);
	for (size_t i = 0; i < answer.history.count; i++)
		history_form(&body.json, &answer,
			     &answer.history.items[i].listen);
	page.next_cursor = answer.history.next_cursor;
	page_end(&body, call, &page);
}

void
handle_me_history(struct call *call)
{
	answer_history(call, call->caller.user_id);
}

void
handle_user_history(struct call *call)
{
	if (user_may_be_seen(call, call_int(call, "id")))
		answer_history(call, call_int(call, "id"));
}

/* ---- recommendations ------------------------------------------------------ */

struct recommend_work {
	struct call *call;
	int64_t id;
	struct recommended *items;
	size_t count;
};

static enum status
recommend_work_run(struct store_session *session, void *cookie,
		   struct fault *fault)
{
	struct recommend_work *work = cookie;

	return recommend_for_user(session, work->call->api->args.sounds,
				  work->id,
				  (uint32_t)call_int(work->call, "limit"),
				  work->call->arena, &work->items, &work->count,
				  fault);
}

static const char *
reason_text(struct call *call, const struct things *things,
	    const struct recommended *item)
{
	bool russian = call->language == LANGUAGE_RU;
	const struct track *track = things_track(things, item->because_id);
	const struct artist *artist = things_artist(things, item->because_id);
	const struct genre *genre = things_genre(things, item->because_id);

	if (item->reason == RECOMMEND_TOGETHER && track != NULL)
		return arena_print(call->arena,
				   russian ? "Потому что вы слушали «%s»" :
					     "Because you listened to “%s”",
				   track->title);
	if (item->reason == RECOMMEND_SOUND && track != NULL)
		return arena_print(call->arena,
				   russian ? "Звучит похоже на «%s»" :
					     "Sounds like “%s”",
				   track->title);
	if (item->reason == RECOMMEND_ARTIST && artist != NULL)
		return arena_print(call->arena,
				   russian ? "Потому что вы слушаете %s" :
					     "Because you listen to %s",
				   artist->name);
	if (item->reason == RECOMMEND_GENRE && genre != NULL)
		return arena_print(call->arena,
				   russian ? "Потому что вам близок жанр %s" :
					     "Because you like %s",
				   genre->name);
	return russian ? "Сейчас это слушают многие" : "Popular now";
}

static void
recommended_form(struct json_writer *json, struct call *call,
		 const struct things *things, const struct track *track,
		 const struct recommended *item)
{
	json_object_begin(json);
	json_name(json, "track");
	form_track(json, track, false);
	json_member_text(json, "reason", reason_text(call, things, item));
	json_member_text(json, "reason_kind",
			 recommend_reason_name(item->reason));
	form_int_or_null(json, "because_track_id",
			 item->reason == RECOMMEND_TOGETHER ||
					 item->reason == RECOMMEND_SOUND ?
				 item->because_id :
				 0);
	form_int_or_null(json, "because_artist_id",
			 item->reason == RECOMMEND_ARTIST ? item->because_id :
							    0);
	json_member_double(json, "score", item->score);
	json_object_end(json);
}

static void
reasons_want(struct things *things, struct arena *arena,
	     const struct recommended *item)
{
	static const enum thing_kind kinds[] = {
		[RECOMMEND_TOGETHER] = THING_TRACK,
		[RECOMMEND_SOUND] = THING_TRACK,
		[RECOMMEND_ARTIST] = THING_ARTIST,
		[RECOMMEND_GENRE] = THING_GENRE,
	};

	things_want(things, arena, THING_TRACK, item->track_id);
	if (item->because_id > 0)
		things_want(things, arena, kinds[item->reason],
			    item->because_id);
}

void
handle_recommendations(struct call *call)
{
	struct recommend_work work = { .call = call,
				       .id = call_int(call, "user_id") };
	struct things things = { 0 };
	struct page_answer answer;
	size_t count = 0;

	if (!user_may_be_seen(call, work.id) ||
	    !call_read_store(call, recommend_work_run, &work))
		return;
	for (size_t i = 0; i < work.count; i++)
		reasons_want(&things, call->arena, &work.items[i]);
	if (!things_load(&things, call))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.count; i++) {
		const struct track *track =
			things_track(&things, work.items[i].track_id);

		if (track == NULL)
			continue;
		recommended_form(&answer.json, call, &things, track,
				 &work.items[i]);
		count++;
	}
	page_end_whole(&answer, call, count);
}

/* ---- what goes with a track ------------------------------------------------ */

static const char *const similar_reasons[][2] = { /* by enum call_language */
	[RECOMMEND_TOGETHER] = { "is heard together", "слушают вместе" },
	[RECOMMEND_SOUND] = { "sounds like it", "звучит похоже" },
	[RECOMMEND_ARTIST] = { "by the same artist", "тот же исполнитель" },
	[RECOMMEND_GENRE] = { "of the same genre", "тот же жанр" },
	[RECOMMEND_POPULAR] = { "is popular now", "сейчас популярно" },
};

static enum status
similar_work_run(struct store_session *session, void *cookie,
		 struct fault *fault)
{
	struct recommend_work *work = cookie;

	return recommend_similar(session, work->call->api->args.sounds,
				 work->id,
				 (uint32_t)call_int(work->call, "limit"),
				 work->call->arena, &work->items, &work->count,
				 fault);
}

void
handle_track_similar(struct call *call)
{
	struct recommend_work work = { .call = call,
				       .id = call_int(call, "id") };
	struct things things = { 0 };
	struct page_info page = { 0 };
	struct page_answer answer;

	if (!call_read_store(call, similar_work_run, &work))
		return;
	for (size_t i = 0; i < work.count; i++)
		things_want(&things, call->arena, THING_TRACK,
			    work.items[i].track_id);
	if (!things_load(&things, call))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.count; i++) {
		const struct recommended *item = &work.items[i];
		const struct track *track = things_track(&things,
							 item->track_id);

		if (track == NULL)
			continue;
		form_track(&answer.json, track, true);
		json_member_text(&answer.json, "reason",
				 similar_reasons[item->reason][call->language]);
		json_member_text(&answer.json, "reason_kind",
				 recommend_reason_name(item->reason));
		json_object_end(&answer.json);
		page.total++;
	}
	page_end(&answer, call, &page);
}
