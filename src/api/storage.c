/* storage.c - where Ogma keeps its own things: /s3/…, on buckets and folders
 * alike. */
#include "api/api.h"
#include "api/handlers.h"
#include "base/clock.h"
#include "base/digest.h"
#include "driver/s3.h"
#include "driver/source.h"
#include "library/audit.h"
#include "library/files.h"
#include "library/sources.h"
#include "library/tracks.h"
#include "service/access.h"
#include "service/storage.h"
#include "service/upload.h"

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

/* ---- addresses of tracks ---- */

struct url_work {
	struct call *call;
	const char *folder, *name;
	struct source_row source; /* what holds it */
	int64_t track_id;
};

static enum status
url_look(struct store_session *session, struct url_work *work,
	 const struct source_row *source, struct fault *fault)
{
	struct file_row file;
	struct track track;
	enum status status = files_find(session, source->id, work->folder,
					work->name, work->call->arena, &file,
					fault);

	if (status == STATUS_OK)
		status = file.state != FILE_OK ?
				 fault_set(fault, STATUS_NOT_FOUND,
					   "the file is away") :
				 tracks_get(session, file.track_id,
					    work->call->arena, &track, fault);
	if (status == STATUS_OK) {
		work->source = *source;
		work->track_id = file.track_id;
	}
	return status;
}

/* Among what Ogma itself keeps; other people's folders are not in this. */
static enum status
url_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct url_work *work = cookie;
	struct source_row *sources;
	size_t count;
	enum status status = sources_list(session, work->call->arena,
					  &sources, &count, fault);

	if (status != STATUS_OK)
		return status;
	status = fault_set(fault, STATUS_NOT_FOUND, "there is no such track");
	for (size_t i = 0; i < count && status == STATUS_NOT_FOUND; i++) {
		if (sources[i].managed)
			status = url_look(session, work, &sources[i], fault);
	}
	return status;
}

static const char *
url_presigned(struct call *call, const struct source_row *source,
	      const char *key, int64_t now_ms, int64_t life_ms)
{
	const struct storage *storage = &call->api->args.storage;
	struct s3_request get = { .method = "GET" };
	const char *prefix = "", *made;
	struct buffer address;

	source_s3_root_parse(source->root, call->arena, &get.bucket, &prefix);
	get.key = arena_print(call->arena, "%s%s", prefix, key);
	buffer_init(&address, 0);
	s3_presign(storage->s3, &get, now_ms, (uint32_t)(life_ms / 1000),
		   &address);
	made = arena_copy_text(call->arena, address.bytes);
	buffer_release(&address);
	return made;
}

static const char *
url_signed(struct call *call, int64_t track_id, int64_t expires_ms)
{
	const char *thing = arena_print(call->arena, "track/%lld",
					(long long)track_id);

	return arena_print(call->arena,
			   "/api/v1/tracks/%lld/download?sig=%s",
			   (long long)track_id,
			   access_link_make(call->api->args.access,
					    &call->caller, thing, expires_ms,
					    call->arena));
}

static void
url_answer(struct url_work *work, const char *key)
{
	struct call *call = work->call;
	const struct storage *storage = &call->api->args.storage;
	int64_t now_ms = clock_now_ms() / 1000 * 1000;
	int64_t life_ms = storage->settings->presign_seconds * INT64_C(1000);
	bool far = strcmp(work->source.kind, "s3") == 0 && storage->s3 != NULL;
	struct json_writer json;
	struct buffer body;

	if (call_value(call, "expires_in_seconds")->given)
		life_ms = call_int(call, "expires_in_seconds") * 1000;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_text(&json, "driver", far ? "s3" : "folder");
	json_member_int(&json, "track_id", work->track_id);
	json_member_text(&json, "url",
			 far ? url_presigned(call, &work->source, key, now_ms,
					     life_ms) :
			       url_signed(call, work->track_id,
					  now_ms + life_ms));
	json_member_time(&json, "expires_at", now_ms + life_ms);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

void
handle_storage_track_url(struct call *call)
{
	const char *key = call_text(call, "key");
	const char *slash = strrchr(key, '/');
	struct url_work work = {
		.call = call,
		.folder = slash == NULL ? "" :
					  arena_copy_bytes(call->arena, key,
							   (size_t)(slash -
								    key)),
		.name = slash == NULL ? key : slash + 1,
	};

	if (call_read_store(call, url_run, &work))
		url_answer(&work, key);
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
	struct storage_figures all = { 0 };
	struct storage_count count;
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;

	if (storage_count(storage, &count, &fault) != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_text(&json, "driver", storage_driver(storage));
	json_member_array_begin(&json, "buckets");
	for (int i = 0; i < STORAGE_AREAS; i++) {
		figures_print(&json, &count.areas[i]);
		all.objects += count.areas[i].objects;
		all.size_bytes += count.areas[i].size_bytes;
	}
	json_array_end(&json);
	json_member_int(&json, "objects", all.objects);
	json_member_int(&json, "size_bytes", all.size_bytes);
	json_member_time(&json, "counted_at", count.counted_at_ms);
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
	int64_t forgotten = 0;
	enum status status = storage_tidy(&call->api->args.storage, before_ms,
					  &tidied, &fault);

	if (status == STATUS_OK)
		status = upload_tidy(call->api->args.uploads, &forgotten,
				     &fault);
	tidied.uploads += forgotten;
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
