/* listing.c - see listing.h. */
#include "api/listing.h"

#include <string.h>

#include "api/forms.h"
#include "api/forms_people.h"
#include "library/audit.h"

void
listing_init(struct listing *listing, const struct listing_kind *kind,
	     struct call *call, const struct page_request *page)
{
	*listing = (struct listing){ .kind = kind,
				     .call = call,
				     .page = *page };
	arena_init(&listing->arena);
}

static enum status
page_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct listing *listing = cookie;

	return listing->kind->read(session, listing, fault);
}

/* False: failed, and the fault is answered. */
static bool
listing_read(struct listing *listing, store_work *work)
{
	struct fault fault = { 0 };

	if (!listing->kind->elsewhere)
		return call_read_store(listing->call, work, listing);
	if (work(NULL, listing, &fault) == STATUS_OK)
		return true;
	call_answer_fault(listing->call, &fault);
	return false;
}

void
listing_answer_page(struct listing *listing)
{
	struct page_answer answer;

	if (listing_read(listing, page_work)) {
		page_begin(&answer);
		for (size_t i = 0; i < listing->count; i++)
			listing->kind->json(&answer.json, listing, i);
		page_end(&answer, listing->call, &listing->info);
	}
	arena_release(&listing->arena);
}

/* ---- files ---------------------------------------------------------------- */

static void
rows_write(struct listing *listing, struct csv_writer *csv,
	   struct json_writer *json)
{
	for (size_t i = 0; i < listing->count; i++) {
		if (csv != NULL)
			listing->kind->csv(csv, listing, i);
		else
			listing->kind->json(json, listing, i);
	}
}

/* On to the next page, with nothing kept of this one; false: it was the last. */
static bool
page_turn(struct listing *listing)
{
	const char *next = listing->info.next_cursor;
	size_t room = sizeof listing->cursor;

	if (next == NULL || listing->file.full || strlen(next) >= room)
		return false;
	memcpy(listing->cursor, next, strlen(next) + 1);
	listing->page.cursor = listing->cursor;
	arena_reset(&listing->arena);
	return true;
}

/* All pages, one after the other; of the store on one snapshot. */
static enum status
export_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct listing *listing = cookie;
	const struct listing_kind *kind = listing->kind;
	bool csv_wanted =
		strcmp(call_text(listing->call, "format"), "csv") == 0;
	struct csv_writer csv;
	struct json_writer json;
	enum status status;

	buffer_clear(&listing->file);
	listing->page = (struct page_request){ .limit = PAGE_LIMIT_MAX };
	json_writer_init(&json, &listing->file);
	if (csv_wanted) {
		csv_writer_init(&csv, &listing->file);
		csv_head(&csv, kind->head);
	} else {
		json_array_begin(&json);
	}
	do {
		status = kind->read(session, listing, fault);
		if (status == STATUS_OK)
			rows_write(listing, csv_wanted ? &csv : NULL, &json);
	} while (status == STATUS_OK && page_turn(listing));
	if (!csv_wanted)
		json_array_end(&json);
	return status;
}

static enum status
note_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct listing *listing = cookie;

	return audit_add(session, &listing->call->caller, "export",
			 listing->kind->model, 0, NULL, NULL, fault);
}

void
listing_answer(struct listing *listing)
{
	struct call *call = listing->call;

	if (call_text(call, "format") == NULL) {
		listing_answer_page(listing);
		return;
	}
	buffer_init(&listing->file, 0);
	if (listing_read(listing, export_work) &&
	    call_write_store(call, note_work, listing))
		answer_export(call, listing->kind->file, &listing->file);
	else
		buffer_release(&listing->file);
	arena_release(&listing->arena);
}

void
answer_export(struct call *call, const char *name, struct buffer *file)
{
	const char *format = call_text(call, "format");
	bool csv = strcmp(format, "csv") == 0;

	if (file->full) {
		buffer_release(file);
		request_answer_error(call->request, 413, "too_large",
				     (struct span){ 0 });
		return;
	}
	http_answer_field(call->request, "Content-Disposition",
			  arena_print(call->arena,
				      "attachment; filename=\"%s.%s\"", name,
				      format));
	http_answer_buffer(call->request, 200,
			   csv ? "text/csv; charset=utf-8" :
				 "application/json",
			   file);
}

/* ---- many at once --------------------------------------------------------- */

void
listing_answer_outcomes(struct call *call,
			const struct listing_outcome *outcomes, size_t count)
{
	struct json_writer json;
	struct buffer body;

	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_array_begin(&json, "changed");
	for (size_t i = 0; i < count; i++)
		if (outcomes[i].status == STATUS_OK)
			json_int(&json, outcomes[i].id);
	json_array_end(&json);
	json_member_array_begin(&json, "refused");
	for (size_t i = 0; i < count; i++) {
		if (outcomes[i].status == STATUS_OK)
			continue;
		json_object_begin(&json);
		json_member_int(&json, "id", outcomes[i].id);
		json_member_text(&json, "error",
				 status_name(outcomes[i].status));
		json_member_text(&json, "reason", outcomes[i].reason);
		json_object_end(&json);
	}
	json_array_end(&json);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}
