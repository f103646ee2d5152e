/* storage.c - where Ogma keeps its own things: /s3/…, on buckets and folders
 * alike. */
#include "api/api.h"
#include "api/handlers.h"
#include "base/clock.h"
#include "base/digest.h"
#include "library/audit.h"
#include "service/storage.h"

#define HOUR_MS 3600000

/* ---- pictures ---- */

static void
cover_answer(struct call *call, const char *area, int64_t id,
	     struct span bytes)
{
	const struct storage *storage = &call->api->args.storage;
	struct json_writer json;
	struct blob_key key;
	struct buffer body;

	sha256(bytes.at, bytes.length, key.sha256);
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_text(&json, "driver", storage_driver(storage));
	json_member_text(&json, "bucket",
			 storage_place(storage, STORAGE_COVERS));
	json_member_text(&json, "key", storage_picture_name(&key, call->arena));
	json_member_int(&json, "size_bytes", (int64_t)bytes.length);
	json_member_text(&json, "cover_url",
			 arena_print(call->arena, "/api/v1/%s/%lld/cover",
				     area, (long long)id));
	json_object_end(&json);
	call_answer_json(call, 201, &body);
}

void
handle_storage_cover(struct call *call)
{
	struct span bytes = http_request_body(call->request);
	bool album = call_value(call, "album_id")->given;
	int64_t id = call_int(call, album ? "album_id" : "artist_id");
	struct fault fault = { 0 };

	if (album == call_value(call, "artist_id")->given)
		call_answer_field(call, "album_id",
				  "either album_id or artist_id is expected");
	else if (bytes.length == 0)
		call_answer_field(call, "body", "a picture is expected");
	else if (edit_picture(&call->api->args.editor, &call->caller,
			      album ? EDIT_ALBUM : EDIT_ARTIST, id, bytes,
			      &fault) != STATUS_OK)
		call_answer_fault(call, &fault);
	else
		cover_answer(call, album ? "albums" : "artists", id, bytes);
}

/* ---- figures ---- */

static void
figures_print(struct json_writer *json, const struct storage_figures *figures)
{
	json_object_begin(json);
	json_member_text(json, "name", figures->name);
	json_member_text(json, "bucket", figures->place);
	json_member_bool(json, "present", figures->present);
	json_member_int(json, "objects", figures->objects);
	json_member_int(json, "size_bytes", figures->size_bytes);
	json_object_end(json);
}

void
handle_storage_stats(struct call *call)
{
	const struct storage *storage = &call->api->args.storage;
	struct storage_figures areas[STORAGE_AREAS], all = { 0 };
	enum status status = STATUS_OK;
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;

	for (int i = 0; i < STORAGE_AREAS && status == STATUS_OK; i++)
		status = storage_count(storage, (enum storage_area)i,
				       &areas[i], &fault);
	if (status != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_text(&json, "driver", storage_driver(storage));
	json_member_array_begin(&json, "buckets");
	for (int i = 0; i < STORAGE_AREAS; i++) {
		figures_print(&json, &areas[i]);
		all.objects += areas[i].objects;
		all.size_bytes += areas[i].size_bytes;
	}
	json_array_end(&json);
	json_member_int(&json, "objects", all.objects);
	json_member_int(&json, "size_bytes", all.size_bytes);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

/* ---- tidying up ---- */

static void
tidied_print(struct json_writer *json, const struct storage_tidied *tidied)
{
	json_object_begin(json);
	json_member_int(json, "objects", tidied->objects);
	json_member_int(json, "size_bytes", tidied->size_bytes);
	json_member_int(json, "uploads", tidied->uploads);
	json_object_end(json);
}

struct tidy_note {
	struct call *call;
	const char *values;
};

static enum status
tidy_note(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct tidy_note *note = cookie;

	return audit_add(session, &note->call->caller, "bulk_delete", "storage", 0,
			 NULL, note->values, fault);
}

void
handle_storage_tidy(struct call *call)
{
	int64_t hours = call_field(call, "older_than_hours")->number;
	struct storage_tidied tidied;
	struct tidy_note note = { .call = call };
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;
	/* All means all: the server's clock may be ahead of ours. */
	int64_t before_ms = hours == 0 ? INT64_MAX :
					 clock_now_ms() - hours * HOUR_MS;
	enum status status = storage_tidy(&call->api->args.storage, before_ms,
					  &tidied, &fault);

	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	tidied_print(&json, &tidied);
	note.values = body.bytes;
	/* What is gone is noted, also when the server broke off. */
	if (call_write_store(call, tidy_note, &note)) {
		if (status == STATUS_OK) {
			call_answer_json(call, 200, &body);
			return;
		}
		call_answer_fault(call, &fault);
	}
	buffer_release(&body);
}
