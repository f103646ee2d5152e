/* sources.c - routes about the places files come from. */
#include "api/handlers.h"

#include <stdio.h>
#include <string.h>

#include "api/api.h"
#include "api/forms.h"
#include "api/jobs.h"
#include "api/short_list.h"
#include "driver/source.h"
#include "library/files.h"
#include "service/scan.h"
#include "service/source.h"
#include "service/watch.h"

/* ---- sources ------------------------------------------------------------------- */

struct scan_state {
	int64_t job_id; /* of a scan that is queued or runs; 0: none */
	bool running;
};

struct sources_work {
	struct call *call;
	int64_t id; /* 0: all */
	struct source_row *rows;
	struct scan_state *scans;
	size_t count;
	struct page_info page; /* of all */
};

static enum status
scan_of(struct store_session *session, int64_t source_id, struct arena *arena,
	struct scan_state *out, struct fault *fault)
{
	struct job_filter filter = { .kind = SCAN_JOB,
				     .source_id = source_id,
				     .state_given = true };
	const struct page_request page = { .limit = 1 };
	static const enum job_state states[] = { JOB_RUNNING, JOB_QUEUED };
	enum status status = STATUS_OK;

	*out = (struct scan_state){ 0 };
	for (size_t i = 0; i < ARRAY_LENGTH(states) && status == STATUS_OK &&
			   out->job_id == 0;
	     i++) {
		struct job_list list = { 0 };

		filter.state = states[i];
		status = jobs_list(session, &filter, &page, arena, &list,
				   fault);
		if (status == STATUS_OK && list.count > 0) {
			out->job_id = list.items[0].id;
			out->running = states[i] == JOB_RUNNING;
		}
	}
	return status;
}

static const char *
source_key(const void *row, struct arena *arena)
{
	return arena_print(arena, "%lld",
			   (long long)((const struct source_row *)row)->id);
}

static const char *
source_words(const void *row, struct arena *arena)
{
	const struct source_row *source = row;

	return arena_print(arena, "%s %s",
			   source_name_display(arena, source->root),
			   source->last_error != NULL ? source->last_error :
							"");
}

static bool
source_passes(const void *row, const struct call *call)
{
	const struct source_row *source = row;
	bool paused = source->state == SOURCE_PAUSED;

	return short_choice(call, "kind", source->kind) &&
	       short_choice(call, "state", paused ? "paused" : "active") &&
	       short_flag(call, "failing",
			  source->last_error != NULL ||
				  source->rejected_count > 0);
}

static int
by_id(const void *a, const void *b)
{
	return short_by_number(((const struct source_row *)a)->id,
			       ((const struct source_row *)b)->id);
}

static int
by_path(const void *a, const void *b)
{
	int order = strcmp(((const struct source_row *)a)->root,
			   ((const struct source_row *)b)->root);

	return order != 0 ? order : by_id(a, b);
}

static int
by_files(const void *a, const void *b)
{
	int order = short_by_number(
		((const struct source_row *)a)->file_count,
		((const struct source_row *)b)->file_count);

	return order != 0 ? order : by_id(a, b);
}

static int
by_rejected(const void *a, const void *b)
{
	int order = short_by_number(
		((const struct source_row *)a)->rejected_count,
		((const struct source_row *)b)->rejected_count);

	return order != 0 ? order : by_id(a, b);
}

static int
by_last_scan(const void *a, const void *b)
{
	int order = short_by_number(
		((const struct source_row *)a)->last_scan_at_ms,
		((const struct source_row *)b)->last_scan_at_ms);

	return order != 0 ? order : by_id(a, b);
}

static const struct short_kind sources = {
	.size = sizeof(struct source_row),
	.key = source_key,
	.words = source_words,
	.passes = source_passes,
	.orders = { { "id", by_id },
		    { "path", by_path },
		    { "file_count", by_files },
		    { "rejected_count", by_rejected },
		    { "last_scan_at", by_last_scan } },
};

static enum status
sources_read(struct store_session *session, struct sources_work *work,
	     struct fault *fault)
{
	struct arena *arena = work->call->arena;
	enum status status;

	if (work->id == 0) {
		status = sources_list(session, arena, &work->rows,
				      &work->count, fault);
		return status != STATUS_OK ?
			       status :
			       short_list_cut(work->call, &sources, work->rows,
					      &work->count, &work->page,
					      fault);
	}
	work->rows = arena_new(arena, struct source_row, 1);
	work->count = 1;
	status = sources_get(session, work->id, arena, work->rows, fault);
	if (status == STATUS_OK && work->rows->state == SOURCE_REMOVED)
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "there is no source %lld",
				   (long long)work->id);
	return status;
}

static enum status
sources_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct sources_work *work = cookie;
	enum status status = sources_read(session, work, fault);

	if (status != STATUS_OK)
		return status;
	work->scans = arena_new(work->call->arena, struct scan_state,
				work->count);
	for (size_t i = 0; i < work->count && status == STATUS_OK; i++)
		status = scan_of(session, work->rows[i].id, work->call->arena,
				 &work->scans[i], fault);
	return status;
}

/* Null for a folder. */
static void
bucket_form(struct json_writer *json, const struct source_row *source,
	    struct arena *arena)
{
	struct source_bucket_seen seen;

	if (strcmp(source->kind, source_driver_s3.name) != 0) {
		json_member_null(json, "server");
		return;
	}
	source_bucket_look(source->config, arena, &seen);
	json_member_object_begin(json, "server");
	json_member_text(json, "endpoint", seen.endpoint);
	json_member_text(json, "region", seen.region);
	json_member_text(json, "access_key", seen.access_key);
	json_member_bool(json, "has_secret", seen.has_secret);
	json_member_bool(json, "path_style", seen.path_style);
	json_object_end(json);
}

static void
source_form(struct json_writer *json, const struct source_row *source,
	    const struct scan_state *scan, struct arena *arena)
{
	json_object_begin(json);
	json_member_int(json, "id", source->id);
	json_member_text(json, "kind", source->kind);
	json_member_text(json, "path",
			 source_name_display(arena, source->root));
	bucket_form(json, source, arena);
	json_member_text(json, "state",
			 source->state == SOURCE_PAUSED ? "paused" :
							  "active");
	json_member_bool(json, "managed", source->managed);
	json_member_int(json, "file_count", source->file_count);
	json_member_int(json, "rejected_count", source->rejected_count);
	json_member_bool(json, "scanning", scan->running);
	if (scan->job_id != 0)
		json_member_int(json, "job_id", scan->job_id);
	else
		json_member_null(json, "job_id");
	json_member_time(json, "last_scan_at", source->last_scan_at_ms);
	json_member_text(json, "last_error", source->last_error);
	json_member_time(json, "created_at", source->created_at_ms);
	json_member_time(json, "updated_at", source->updated_at_ms);
	json_object_end(json);
}

void
handle_sources_list(struct call *call)
{
	struct sources_work work = { .call = call };
	struct page_answer answer;

	if (!call_read_store(call, sources_work, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.count; i++)
		source_form(&answer.json, &work.rows[i], &work.scans[i],
			    call->arena);
	page_end(&answer, call, &work.page);
}

static void
source_answer(struct call *call, int64_t id, unsigned status)
{
	struct sources_work work = { .call = call, .id = id };
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, sources_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	source_form(&json, work.rows, work.scans, call->arena);
	call_answer_json(call, status, &body);
}

void
handle_source_get(struct call *call)
{
	source_answer(call, call_int(call, "id"), 200);
}

/* What the body says of a bucket's server. False: nothing. */
static bool
bucket_given(struct call *call, struct source_bucket *out)
{
	const struct param_value *style = call_field(call, "path_style");

	*out = (struct source_bucket){
		.endpoint = call_field_text(call, "endpoint"),
		.region = call_field_text(call, "region"),
		.access_key = call_field_text(call, "access_key"),
		.secret_key = call_field_text(call, "secret_key"),
		.path_style = style->number != 0,
		.path_style_given = style->given,
	};
	return out->endpoint != NULL || out->region != NULL ||
	       out->access_key != NULL || out->secret_key != NULL ||
	       out->path_style_given;
}

void
handle_source_post(struct call *call)
{
	const char *kind = call_field_text(call, "kind");
	struct source_wish wish = {
		.path = call_field_text(call, "path"),
		.scan = call_field(call, "scan")->number != 0,
		.data_dir = call->api->args.data_dir,
		.s3 = call->api->args.storage.access,
	};
	bool given = bucket_given(call, &wish.bucket), bucket;
	struct fault fault = { 0 };
	int64_t id = 0, job_id = 0;

	bucket = strncmp(wish.path, "s3:", 3) == 0;
	if (kind != NULL && (strcmp(kind, "s3") == 0) != bucket) {
		call_answer_field(call, "path",
				  bucket ? "this is a bucket, not a folder" :
					   "a bucket is written "
					   "s3://bucket or s3://bucket/folder");
		return;
	}
	if (given && !bucket) {
		call_answer_field(call, "endpoint", "a folder has no server");
		return;
	}
	if (!work_done(call,
		       source_add(call->api->args.store, &call->caller, &wish,
				  &id, &job_id, &fault),
		       &fault))
		return;
	jobs_wake(call);
	source_answer(call, id, 201);
}

void
handle_source_patch(struct call *call)
{
	const char *state = call_field_text(call, "state");
	struct store *store = call->api->args.store;
	int64_t id = call_int(call, "id");
	struct source_bucket bucket;
	struct fault fault = { 0 };
	enum status status = STATUS_OK;

	if (bucket_given(call, &bucket))
		status = source_change_bucket(store, &call->caller,
					      call->api->args.storage.access, id, &bucket,
					      &fault);
	else if (state == NULL)
		status = fault_field(&fault, STATUS_INVALID, "state",
				     "there is nothing to change");
	if (status == STATUS_OK && state != NULL)
		status = source_pause(store, &call->caller, id,
				      strcmp(state, "paused") == 0, &fault);
	if (!work_done(call, status, &fault))
		return;
	jobs_wake(call);
	source_answer(call, id, 200);
}

void
handle_source_check(struct call *call)
{
	struct source_bucket bucket;
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;
	enum status status;

	bucket_given(call, &bucket);
	status = source_bucket_try_given(call->api->args.store,
					 call->api->args.storage.access,
					 call_field(call, "id")->number,
					 call_field_text(call, "path"), &bucket,
					 &fault);
	if (status == STATUS_INVALID || status == STATUS_NOT_FOUND) {
		call_answer_fault(call, &fault);
		return;
	}
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_bool(&json, "ok", status == STATUS_OK);
	json_member_text(&json, "message",
			 status == STATUS_OK ? NULL : fault.message);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

/* ---- work on a source --------------------------------------------------------------- */

void
handle_source_scan(struct call *call)
{
	struct fault fault = { 0 };
	int64_t job_id = 0;

	if (!work_done(call,
		       source_scan(call->api->args.store, &call->caller,
			      call_int(call, "id"),
			      call_field(call, "again")->number != 0, &job_id,
			      &fault),
		  &fault))
		return;
	jobs_wake(call);
	job_answer(call, job_id, 202);
}

void
handle_source_delete(struct call *call)
{
	struct fault fault = { 0 };
	int64_t job_id = 0;

	if (!work_done(call,
		       source_remove(call->api->args.store, &call->caller,
				call_int(call, "id"), &job_id, &fault),
		  &fault))
		return;
	jobs_wake(call);
	job_answer(call, job_id, 202);
}

/* ---- what could not be read ------------------------------------------------------------ */

struct rejected_work {
	struct sources_work source;
	int64_t after;
	struct rejected_file *files;
	size_t count;
};

static enum status
rejected_work(struct store_session *session, void *cookie,
	      struct fault *fault)
{
	struct rejected_work *work = cookie;
	struct call *call = work->source.call;
	enum status status = sources_read(session, &work->source, fault);

	if (status == STATUS_OK)
		status = files_rejected(session, work->source.id, work->after,
					(uint32_t)call_int(call, "limit"),
					call->arena, &work->files,
					&work->count, fault);
	return status;
}

static void
rejected_form(struct json_writer *json, const struct rejected_file *file,
	      struct arena *arena)
{
	const char *path = *file->folder == '\0' ?
				   file->name :
				   arena_print(arena, "%s/%s", file->folder,
					       file->name);

	json_object_begin(json);
	json_member_int(json, "id", file->id);
	json_member_text(json, "path", source_name_display(arena, path));
	json_member_text(json, "reason", file->reason);
	json_member_time(json, "updated_at", file->updated_at_ms);
	json_object_end(json);
}

void
handle_source_rejected(struct call *call)
{
	struct rejected_work work = {
		.source = { .call = call, .id = call_int(call, "id") },
	};
	const char *cursor = call_text(call, "cursor");
	struct page_info page = { 0 };
	struct page_answer answer;

	if (cursor != NULL &&
	    (!span_to_i64(span_of(cursor), &work.after) || work.after < 0)) {
		call_answer_field(call, "cursor", "this is no cursor");
		return;
	}
	if (!call_read_store(call, rejected_work, &work))
		return;
	if (work.count == (size_t)call_int(call, "limit"))
		page.next_cursor =
			arena_print(call->arena, "%lld",
				    (long long)work.files[work.count - 1].id);
	page.total = work.source.rows->rejected_count;
	page_begin(&answer);
	for (size_t i = 0; i < work.count; i++)
		rejected_form(&answer.json, &work.files[i], call->arena);
	page_end(&answer, call, &page);
}
