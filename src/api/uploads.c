/* uploads.c - resumable uploads by tus 1.0.0, and the list of uploads. */
#include <stdlib.h>

#include "api/api.h"
#include "api/forms.h"
#include "api/handlers.h"
#include "api/jobs.h"
#include "api/tus.h"
#include "api/uploads.h"
#include "base/clock.h"

#define UPLOADS "/api/v1/uploads"

/* ---- words ------------------------------------------------------------------- */

const char *
upload_word(struct arena *arena, const char *text, size_t characters)
{
	const char *end, *at;

	if (text == NULL)
		return NULL;
	text += strspn(text, " \t");
	at = text;
	end = text + strlen(text);
	for (size_t i = 0; i < characters && at < end; i++)
		(void)utf8_next(&at, end);
	while (at > text && (at[-1] == ' ' || at[-1] == '\t'))
		at--;
	return at == text ? NULL :
			    arena_copy_bytes(arena, text, (size_t)(at - text));
}

const char *
upload_file_name(struct arena *arena, const char *text)
{
	const char *slash = text == NULL ? NULL : strrchr(text, '/');
	const char *name =
		upload_word(arena, slash == NULL ? text : slash + 1,
			    UPLOAD_NAME_MAX);

	return name != NULL ? name : "upload";
}

/* ---- answers ------------------------------------------------------------------- */

static void
state_form(struct json_writer *json, const struct upload *upload)
{
	json_member_text(json, "state", upload_state_name(upload->state));
	json_member_text(json, "reason", upload->reason);
	if (upload->job_id != 0)
		json_member_int(json, "job_id", upload->job_id);
	else
		json_member_null(json, "job_id");
	if (upload->track_id != 0)
		json_member_int(json, "track_id", upload->track_id);
	else
		json_member_null(json, "track_id");
}

void
form_upload(struct json_writer *json, const struct call *call,
	    const struct upload *upload, const struct track *track)
{
	const struct upload_service *service = call->api->args.uploads;

	json_object_begin(json);
	json_member_int(json, "id", upload->id);
	json_member_int(json, "user_id", upload->user_id);
	json_member_text(json, "username", upload->username);
	json_member_text(json, "name", upload->name);
	json_member_text(json, "url", upload->url);
	if (upload->size_bytes != UPLOAD_SIZE_UNKNOWN)
		json_member_int(json, "size_bytes", upload->size_bytes);
	else
		json_member_null(json, "size_bytes");
	json_member_int(json, "received_bytes", upload->received_bytes);
	state_form(json, upload);
	json_name(json, "track");
	if (track != NULL)
		form_track(json, track, false);
	else
		json_null_value(json);
	json_member_text(json, "batch", upload->batch);
	json_member_text(json, "album", upload->album);
	json_member_text(json, "artist", upload->artist);
	json_member_time(json, "created_at", upload->created_at_ms);
	json_member_time(json, "updated_at", upload->updated_at_ms);
	json_member_time(json, "expires_at",
			 upload->state == UPLOAD_RECEIVING ?
				 upload_expires_ms(service, upload) :
				 0);
	json_object_end(json);
}

struct upload_track {
	int64_t id;
	struct arena *arena;
	struct track *tracks;
	size_t count;
};

static enum status
track_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct upload_track *work = cookie;

	return tracks_get_many(session, &work->id, work->id != 0, work->arena,
			       &work->tracks, &work->count, fault);
}

void
upload_answer(struct call *call, int64_t id, unsigned status)
{
	struct upload_track work = { .arena = call->arena };
	struct fault fault = { 0 };
	struct json_writer json;
	struct upload upload;
	struct buffer body;

	if (!work_done(call,
		       upload_look(call->api->args.uploads, &call->caller, id,
				   call->arena, &upload, &fault),
		       &fault))
		return;
	work.id = upload.track_id;
	if (!call_read_store(call, track_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	form_upload(&json, call, &upload,
		    work.count > 0 ? &work.tracks[0] : NULL);
	call_answer_json(call, status, &body);
}

/* ---- the list -------------------------------------------------------------------- */

struct list_work {
	struct call *call;
	struct upload_filter filter;
	struct upload_list list;
	struct track *tracks;
	size_t track_count;
};

static enum status
list_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct list_work *work = cookie;
	struct page_request page = call_page(work->call);
	int64_t ids[PAGE_LIMIT_MAX];
	size_t count = 0;
	enum status status = uploads_list(session, &work->filter, &page,
					  work->call->arena, &work->list,
					  fault);

	for (size_t i = 0; status == STATUS_OK && i < work->list.count; i++) {
		if (work->list.items[i].track_id != 0)
			ids[count++] = work->list.items[i].track_id;
	}
	if (status == STATUS_OK)
		status = tracks_get_many(session, ids, count,
					 work->call->arena, &work->tracks,
					 &work->track_count, fault);
	return status;
}

static const struct track *
track_find(const struct list_work *work, int64_t id)
{
	for (size_t i = 0; i < work->track_count; i++) {
		if (work->tracks[i].id == id)
			return &work->tracks[i];
	}
	return NULL;
}

void
handle_uploads_list(struct call *call)
{
	bool all = call->caller.role >= call->route->others &&
		   call_int(call, "mine") == 0;
	struct list_work work = {
		.call = call,
		.filter = { .user_id = all ? 0 : call->caller.user_id,
			    .batch = call_text(call, "batch") },
	};
	struct page_answer answer;

	if (!call_read_store(call, list_run, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.list.count; i++) {
		const struct upload *upload = &work.list.items[i];

		form_upload(&answer.json, call, upload,
			    track_find(&work, upload->track_id));
	}
	page_end(&answer, call, &work.list.page);
}

/* ---- tus: what all have in common -------------------------------------------------- */

static void
tus_fields(struct call *call)
{
	http_answer_field(call->request, "Tus-Resumable", TUS_VERSION);
}

/* False: answered. */
static bool
tus_speaks(struct call *call)
{
	struct span version;

	tus_fields(call);
	if (http_request_field(call->request, "tus-resumable", &version) &&
	    span_equal(version, SPAN(TUS_VERSION)))
		return true;
	http_answer_field(call->request, "Tus-Version", TUS_VERSION);
	request_answer_error(call->request, 412, "tus_version",
			     (struct span){ 0 });
	return false;
}

static void
answer_bad(struct call *call, const char *reason)
{
	struct fault fault = { 0 };

	fault_set(&fault, STATUS_INVALID, "%s", reason);
	call_answer_fault(call, &fault);
}

/* A field that is a whole number; false: there is none, or it is another thing. */
static bool
number_field(const struct call *call, const char *name, int64_t *out)
{
	struct span value;

	return http_request_field(call->request, name, &value) &&
	       span_to_i64(value, out) && *out >= 0;
}

static bool
type_is_tus(const struct call *call)
{
	struct span type;

	return http_request_field(call->request, "content-type", &type) &&
	       span_equal_nocase(span_trim(type), SPAN(TUS_TYPE));
}

static bool
checksum_read(struct call *call, struct upload_writing *out)
{
	struct fault fault = { 0 };
	struct span value;

	if (!http_request_field(call->request, "upload-checksum", &value) ||
	    tus_checksum_parse(value, out, &fault) == STATUS_OK)
		return true;
	call_answer_fault(call, &fault);
	return false;
}

/* ---- tus: bytes ------------------------------------------------------------------------ */

/* One request that brings bytes. */
struct tus_intake {
	struct upload_service *service;
	struct upload_writer *writer;
	int64_t id;
};

static enum status
tus_take(void *cookie, const void *bytes, size_t count, struct fault *fault)
{
	struct tus_intake *intake = cookie;

	return upload_write(intake->writer, bytes, count, fault);
}

static void
tus_close(void *cookie)
{
	struct tus_intake *intake = cookie;

	upload_write_close(intake->writer);
	free(intake);
}

/* NULL: answered. */
static struct tus_intake *
tus_open(struct call *call, const struct upload_writing *writing)
{
	struct tus_intake *intake = mem_new(1, sizeof *intake);
	struct fault fault = { 0 };

	intake->service = call->api->args.uploads;
	intake->id = writing->id;
	if (upload_write_open(intake->service, &call->caller, writing,
			      &intake->writer, &fault) == STATUS_OK)
		return intake;
	free(intake);
	call_answer_fault(call, &fault);
	return NULL;
}

static void
expiry_field(struct call *call, int64_t id)
{
	char text[CLOCK_TEXT_BYTES];
	struct fault fault = { 0 };
	struct upload upload;

	if (upload_look(call->api->args.uploads, &call->caller, id,
			call->arena, &upload, &fault) != STATUS_OK)
		return;
	clock_print_http(upload_expires_ms(call->api->args.uploads, &upload),
			 text);
	http_answer_field(call->request, "Upload-Expires", text);
}

/* All of the request's bytes are taken: makes them durable, and tells. */
static void
tus_commit(struct call *call, unsigned success)
{
	struct tus_intake *intake = intake_cookie(call);
	struct fault fault = { 0 };
	bool complete = false;
	int64_t offset = 0;

	if (upload_write_commit(intake->writer, &offset, &complete, &fault) !=
	    STATUS_OK) {
		if (fault.status == STATUS_CORRUPT)
			request_answer_error(call->request, 460, "checksum",
					     (struct span){ 0 });
		else
			call_answer_fault(call, &fault);
		return;
	}
	if (complete)
		jobs_wake(call);
	else
		expiry_field(call, intake->id);
	http_answer_field(call->request, "Upload-Offset",
			  arena_print(call->arena, "%lld", (long long)offset));
	call_answer_empty(call, success);
}

/* ---- tus: POST ------------------------------------------------------------------------- */

/* What was dropped together has one batch, and one album lies in one folder. */
static const char *
batch_of(struct arena *arena, const struct tus_metadata *metadata)
{
	const char *path = metadata->relative_path;
	const char *slash = path == NULL ? NULL : strrchr(path, '/');
	const char *batch = metadata->batch;

	if (batch != NULL && slash != NULL)
		batch = arena_print(arena, "%s/%.*s", batch,
				    (int)(slash - path), path);
	return upload_word(arena, batch, UPLOAD_BATCH_MAX);
}

static bool
wish_read(struct call *call, struct upload_wish *out)
{
	struct tus_metadata metadata = { 0 };
	struct fault fault = { 0 };
	struct span value;

	if (!number_field(call, "upload-length", &out->size_bytes)) {
		answer_bad(call, "Upload-Length is missing");
		return false;
	}
	if (http_request_field(call->request, "upload-metadata", &value) &&
	    tus_metadata_parse(value, call->arena, &metadata, &fault) !=
		    STATUS_OK) {
		call_answer_fault(call, &fault);
		return false;
	}
	out->name = upload_file_name(call->arena, metadata.filename);
	out->album = upload_word(call->arena, metadata.album, 200);
	out->artist = upload_word(call->arena, metadata.artist, 200);
	out->batch = batch_of(call->arena, &metadata);
	return true;
}

static bool
has_bytes(const struct call *call)
{
	struct span value;
	uint64_t length;

	return http_request_field(call->request, "transfer-encoding",
				  &value) ||
	       (http_request_field(call->request, "content-length", &value) &&
		(!span_to_u64(value, &length) || length > 0));
}

static void *
creation_open(struct call *call)
{
	struct upload_writing writing = { 0 };
	struct tus_intake *intake;
	struct fault fault = { 0 };
	struct upload_wish wish = { 0 };

	if (!tus_speaks(call))
		return NULL;
	if (has_bytes(call) && !type_is_tus(call)) {
		request_answer_error(call->request, 415, "unsupported",
				     (struct span){ 0 });
		return NULL;
	}
	if (!checksum_read(call, &writing) || !wish_read(call, &wish))
		return NULL;
	if (!work_done(call,
		       upload_begin(call->api->args.uploads, &call->caller,
				    &wish, &writing.id, &fault),
		       &fault))
		return NULL;
	intake = tus_open(call, &writing);
	if (intake != NULL)
		http_answer_field(call->request, "Location",
				  arena_print(call->arena, UPLOADS "/%lld",
					      (long long)writing.id));
	return intake;
}

const struct route_intake upload_creation_intake = {
	.open = creation_open, .take = tus_take, .close = tus_close,
};

void
handle_upload_post(struct call *call)
{
	tus_commit(call, 201);
}

/* ---- tus: PATCH ------------------------------------------------------------------------ */

static void *
patch_open(struct call *call)
{
	struct upload_writing writing = { .id = call_int(call, "id") };

	if (!tus_speaks(call))
		return NULL;
	if (!type_is_tus(call)) {
		request_answer_error(call->request, 415, "unsupported",
				     (struct span){ 0 });
		return NULL;
	}
	if (!number_field(call, "upload-offset", &writing.offset)) {
		answer_bad(call, "Upload-Offset is missing");
		return NULL;
	}
	return checksum_read(call, &writing) ? tus_open(call, &writing) : NULL;
}

const struct route_intake upload_patch_intake = {
	.open = patch_open, .take = tus_take, .close = tus_close,
};

void
handle_upload_patch(struct call *call)
{
	tus_commit(call, 204);
}

/* ---- tus: the rest --------------------------------------------------------------------- */

static void
upload_head(struct call *call)
{
	struct fault fault = { 0 };
	struct upload upload;

	if (!tus_speaks(call) ||
	    !work_done(call,
		       upload_offset(call->api->args.uploads, &call->caller,
				     call_int(call, "id"), call->arena,
				     &upload, &fault),
		       &fault))
		return;
	http_answer_field(call->request, "Upload-Offset",
			  arena_print(call->arena, "%lld",
				      (long long)upload.received_bytes));
	if (upload.size_bytes != UPLOAD_SIZE_UNKNOWN)
		http_answer_field(call->request, "Upload-Length",
				  arena_print(call->arena, "%lld",
					      (long long)upload.size_bytes));
	else
		http_answer_field(call->request, "Upload-Defer-Length", "1");
	http_answer_field(call->request, "Upload-Metadata",
			  tus_metadata_print(&upload, call->arena));
	if (upload.state == UPLOAD_RECEIVING)
		expiry_field(call, upload.id);
	call_answer_empty(call, 200);
}

void
handle_upload_get(struct call *call)
{
	if (http_request_method(call->request) == HTTP_HEAD)
		upload_head(call);
	else
		upload_answer(call, call_int(call, "id"), 200);
}

void
handle_upload_delete(struct call *call)
{
	struct fault fault = { 0 };
	struct span version;

	/* Without the field it is asked by other clients. */
	if (http_request_field(call->request, "tus-resumable", &version) &&
	    !tus_speaks(call))
		return;
	if (work_done(call,
		      upload_remove(call->api->args.uploads, &call->caller,
				    call_int(call, "id"), &fault),
		      &fault))
		call_answer_empty(call, 204);
}

void
handle_uploads_options(struct call *call)
{
	const struct upload_settings *settings =
		upload_settings_of(call->api->args.uploads);
	static const char allow[] = "GET, HEAD, POST, PATCH, DELETE, OPTIONS";

	tus_fields(call);
	http_answer_field(call->request, "Tus-Version", TUS_VERSION);
	http_answer_field(call->request, "Tus-Extension", TUS_EXTENSIONS);
	http_answer_field(call->request, "Tus-Checksum-Algorithm",
			  TUS_CHECKSUMS);
	http_answer_field(call->request, "Tus-Max-Size",
			  arena_print(call->arena, "%llu",
				      (unsigned long long)
					      settings->limit_bytes));
	http_answer_field(call->request, "Allow", allow);
	http_answer_field(call->request, "Access-Control-Allow-Methods",
			  allow);
	call_answer_empty(call, 204);
}
