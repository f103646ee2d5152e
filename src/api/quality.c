/* quality.c - routes about what is odd in the library. */
#include "api/handlers.h"

#include <string.h>

#include "api/api.h"
#include "api/forms.h"
#include "driver/search.h"
#include "driver/source.h"
#include "library/quality.h"
#include "library/summary.h"
#include "service/index.h"

/* ---- numbers ------------------------------------------------------------------- */

struct quality_work {
	struct call *call;
	struct library_quality quality;
	struct library_summary summary;
	enum quality_check check;
	int64_t after, total;
	struct odd_thing *things;
	size_t count;
};

static enum status
numbers_work(struct store_session *session, void *cookie,
	     struct fault *fault)
{
	struct quality_work *work = cookie;
	enum status status =
		library_quality_get(session, &work->quality, fault);

	if (status == STATUS_OK)
		status = library_summary_get(session, &work->summary, fault);
	return status;
}

/* An index that cannot be asked has null. */
static void
index_form(struct json_writer *json, const struct quality_work *work)
{
	struct index_service *index = work->call->api->args.index;
	struct search_state state;

	json_member_object_begin(json, "index");
	json_member_int(json, "library_tracks", work->summary.tracks);
	if (index_get_state(index, &state, NULL) == STATUS_OK)
		json_member_int(json, "index_tracks",
				state.documents[SEARCH_TRACK]);
	else
		json_member_null(json, "index_tracks");
	json_member_bool(json, "scanning", work->summary.scanning);
	json_object_end(json);
}

void
handle_quality(struct call *call)
{
	struct quality_work work = { .call = call };
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, numbers_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_array_begin(&json, "checks");
	for (int i = 0; i < QUALITY_CHECKS; i++) {
		json_object_begin(&json);
		json_member_text(&json, "name",
				 quality_name((enum quality_check)i));
		json_member_text(&json, "kind",
				 quality_kind((enum quality_check)i));
		json_member_int(&json, "count", work.quality.counts[i]);
		json_object_end(&json);
	}
	json_array_end(&json);
	index_form(&json, &work);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

/* ---- the things behind a number ---------------------------------------------------- */

static enum status
things_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct quality_work *work = cookie;
	enum status status = quality_count(session, work->check, &work->total,
					   fault);

	if (status == STATUS_OK)
		status = quality_things(
			session, work->check,
			strcmp(call_text(work->call, "sort"), "id") == 0,
			work->after,
			(uint32_t)call_int(work->call, "limit"),
			work->call->arena, &work->things, &work->count, fault);
	return status;
}

static void
thing_form(struct json_writer *json, const struct odd_thing *thing,
	   const char *kind, struct arena *arena)
{
	const char *title = thing->title;

	if (strcmp(kind, "file") == 0 && thing->folder != NULL)
		title = source_name_display(
			arena, *thing->folder == '\0' ?
				       title :
				       arena_print(arena, "%s/%s",
						   thing->folder, title));
	json_object_begin(json);
	json_member_int(json, "id", thing->id);
	json_member_text(json, "kind", kind);
	json_member_text(json, "title", title);
	json_member_text(json, "detail", thing->detail);
	if (thing->source_id != 0)
		json_member_int(json, "source_id", thing->source_id);
	else
		json_member_null(json, "source_id");
	json_object_end(json);
}

static bool
check_named(const char *name, enum quality_check *out)
{
	for (int i = 0; i < QUALITY_CHECKS; i++)
		if (strcmp(quality_name((enum quality_check)i), name) == 0) {
			*out = (enum quality_check)i;
			return true;
		}
	return false;
}

void
handle_quality_things(struct call *call)
{
	struct quality_work work = { .call = call };
	const char *cursor = call_text(call, "cursor");
	struct page_info page = { 0 };
	struct page_answer answer;

	if (!check_named(call_text(call, "name"), &work.check)) {
		call_answer_not_found(call);
		return;
	}
	if (cursor != NULL &&
	    (!span_to_i64(span_of(cursor), &work.after) || work.after < 0)) {
		call_answer_field(call, "cursor", "this is no cursor");
		return;
	}
	if (!call_read_store(call, things_work, &work))
		return;
	if (work.count == (size_t)call_int(call, "limit"))
		page.next_cursor = arena_print(
			call->arena, "%lld",
			(long long)work.things[work.count - 1].id);
	page.total = work.total;
	page_begin(&answer);
	for (size_t i = 0; i < work.count; i++)
		thing_form(&answer.json, &work.things[i],
			   quality_kind(work.check), call->arena);
	page_end(&answer, call, &page);
}
