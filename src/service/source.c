/* source.c - see source.h. */
#include "service/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver/source.h"
#include "library/audit.h"
#include "library/catalogue.h"
#include "service/duplicate.h"
#include "service/edit.h"
#include "service/scan.h"

#define REMOVE_STEP 500
#define WAIT_US 200000 /* between two looks whether a scan has ended */

static enum status remove_job_run(struct job *job, void *cookie,
				  struct fault *fault);

const struct job_kind job_kinds[] = {
	{ .name = SCAN_JOB,
	  .summary = "Brings the library in step with a source.",
	  .concurrency = 2, .attempts = 3, .run = scan_job_run },
	{ .name = REMOVE_JOB,
	  .summary = "Hides the tracks of a source that was removed.",
	  .attempts = 5, .run = remove_job_run },
	{ .name = GENRE_JOB,
	  .summary = "Moves the tracks of a genre that was merged.",
	  .attempts = 5, .run = genre_job_run },
	{ .name = DUPLICATES_JOB,
	  .summary = "Finds tracks that sound the same.",
	  .attempts = 3, .run = duplicates_job_run },
	{ 0 },
};

/* ---- one change -------------------------------------------------------------- */

struct place_change {
	const struct caller *caller;
	const char *root, *config; /* of a new source; config: of a changed one */
	bool scan, again, paused, cancel;
	int64_t id, job_id;
};

struct bucket_change {
	struct place_change change;
	struct arena *arena;
	struct source_row row;
};

/* A job that waits already is as good. */
static enum status
job_queue(struct store_session *session, const char *kind, int64_t source_id,
	  const char *detail, int64_t *job_id, struct fault *fault)
{
	enum status status;

	*job_id = 0;
	status = jobs_add(session, kind, source_id, detail, job_id, fault);
	return status == STATUS_CONFLICT && *job_id != 0 ? STATUS_OK : status;
}

static enum status
source_audit(struct store_session *session, const struct place_change *change,
	     const char *action, const char *name, json_t *value,
	     struct fault *fault)
{
	json_t *values = json_object();
	enum status status;
	char *text;

	json_object_set_new(values, name, value);
	text = json_dumps(values, JSON_COMPACT);
	status = audit_add(session, change->caller, action, "source",
			   change->id, NULL, text, fault);
	free(text);
	json_decref(values);
	return status;
}

static json_t *
path_json(const char *root)
{
	struct arena arena;
	json_t *value;

	arena_init(&arena);
	value = json_string(source_name_display(&arena, root));
	arena_release(&arena);
	return value;
}

static enum status
add_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct place_change *change = cookie;
	bool is_new = false;
	enum status status = scan_source_write(session, change->root,
					       change->config, &change->id,
					       &is_new, fault);

	if (status == STATUS_OK && !is_new)
		return fault_field(fault, STATUS_CONFLICT, "path",
				   "this is source %lld already",
				   (long long)change->id);
	if (status == STATUS_OK && change->scan)
		status = job_queue(session, SCAN_JOB, change->id, "",
				   &change->job_id, fault);
	if (status == STATUS_OK)
		status = source_audit(session, change, "create", "path",
				      path_json(change->root), fault);
	return status;
}

static enum status
path_check(const char *data_dir, const char *path, char root[PATH_MAX],
	   struct fault *fault)
{
	struct fault why = { 0 };
	char data[PATH_MAX];

	if (path[0] != '/' && strncmp(path, "s3:", 3) != 0)
		return fault_field(fault, STATUS_INVALID, "path",
				   "the path must be absolute");
	if (scan_source_root(path, root, &why) != STATUS_OK)
		return fault_field(fault, STATUS_INVALID, "path", "%.200s",
				   why.message);
	if (realpath(data_dir, data) != NULL &&
	    (strcmp(root, data) == 0 || source_path_within(root, data)))
		return fault_field(fault, STATUS_INVALID, "path",
				   "this is inside the data folder");
	return STATUS_OK;
}

/* What is wrong with a bucket is wrong with what was written of it. */
static enum status
bucket_check(const struct s3_access *s3, const char *root, const char *config,
	     struct fault *fault)
{
	struct fault why = { 0 };

	return source_bucket_try(s3, root, config, &why) == STATUS_OK ?
		       STATUS_OK :
		       fault_field(fault, STATUS_INVALID, "path", "%s",
				   why.message);
}

enum status
source_add(struct store *store, const struct caller *caller,
	   const struct source_wish *wish, int64_t *id, int64_t *job_id,
	   struct fault *fault)
{
	struct place_change change = { .caller = caller, .scan = wish->scan };
	char root[PATH_MAX];
	enum status status;
	struct arena arena;

	arena_init(&arena);
	change.root = root;
	status = path_check(wish->data_dir, wish->path, root, fault);
	if (status == STATUS_OK && root[0] != '/') {
		status = source_bucket_config("{}", &wish->bucket,
					      wish->s3, &arena,
					      &change.config, fault);
		if (status == STATUS_OK)
			status = bucket_check(wish->s3, root, change.config,
					      fault);
	}
	if (status == STATUS_OK)
		status = store_write(store, add_work, &change, fault);
	arena_release(&arena);
	if (status == STATUS_OK) {
		*id = change.id;
		*job_id = change.job_id;
	}
	return status;
}

struct standing {
	enum source_state state;
	bool managed;
	int64_t file_count;
};

/* A source that was removed is none. */
static enum status
source_expect(struct store_session *session, int64_t id,
	      struct standing *out, struct fault *fault)
{
	struct source_row row;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = sources_get(session, id, &arena, &row, fault);
	if (status == STATUS_OK && row.state == SOURCE_REMOVED)
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "there is no source %lld", (long long)id);
	if (status == STATUS_OK)
		*out = (struct standing){ row.state, row.managed,
					  row.file_count };
	arena_release(&arena);
	return status;
}

/* ---- the server of a bucket -------------------------------------------------- */

static enum status
bucket_read_work(struct store_session *session, void *cookie,
		 struct fault *fault)
{
	struct bucket_change *change = cookie;
	struct standing standing = { 0 };
	enum status status = source_expect(session, change->change.id,
					   &standing, fault);

	if (status == STATUS_OK)
		status = sources_get(session, change->change.id, change->arena,
				     &change->row, fault);
	if (status == STATUS_OK && standing.managed)
		status = fault_field(fault, STATUS_CONFLICT, "managed",
				     "uploads are kept where the settings "
				     "say");
	if (status == STATUS_OK &&
	    strcmp(change->row.kind, source_driver_s3.name) != 0)
		status = fault_field(fault, STATUS_INVALID, "endpoint",
				     "this source is a folder");
	return status;
}

static enum status
bucket_write_work(struct store_session *session, void *cookie,
		  struct fault *fault)
{
	const struct bucket_change *change = cookie;
	struct source_bucket_seen seen;
	enum status status = sources_set_config(session, change->change.id,
						change->change.config, fault);

	source_bucket_look(change->change.config, change->arena, &seen);
	if (status == STATUS_OK)
		status = source_audit(session, &change->change, "update",
				      "endpoint", json_string(seen.endpoint),
				      fault);
	return status;
}

enum status
source_change_bucket(struct store *store, const struct caller *caller,
		     const struct s3_access *s3, int64_t id,
		     const struct source_bucket *bucket, struct fault *fault)
{
	struct bucket_change change = { .change = { .caller = caller,
						    .id = id } };
	enum status status;
	struct arena arena;

	arena_init(&arena);
	change.arena = &arena;
	status = store_read(store, bucket_read_work, &change, fault);
	if (status == STATUS_OK)
		status = source_bucket_config(change.row.config, bucket, s3,
					      &arena, &change.change.config,
					      fault);
	if (status == STATUS_OK)
		status = bucket_check(s3, change.row.root,
				      change.change.config, fault);
	if (status == STATUS_OK)
		status = store_write(store, bucket_write_work, &change, fault);
	arena_release(&arena);
	return status;
}

static enum status
pause_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct place_change *change = cookie;
	struct standing standing = { SOURCE_ACTIVE, false, 0 };
	enum source_state wanted = change->paused ? SOURCE_PAUSED :
						    SOURCE_ACTIVE;
	enum status status =
		source_expect(session, change->id, &standing, fault);

	if (status != STATUS_OK || standing.state == wanted)
		return status;
	status = sources_set_state(session, change->id, wanted, fault);
	if (status == STATUS_OK)
		status = source_audit(session, change, "update", "state",
				      json_string(change->paused ? "paused" :
								   "active"),
				      fault);
	return status;
}

enum status
source_pause(struct store *store, const struct caller *caller, int64_t id,
	     bool paused, struct fault *fault)
{
	struct place_change change = { .caller = caller, .id = id,
					.paused = paused };

	return store_write(store, pause_work, &change, fault);
}

static enum status
scan_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct place_change *change = cookie;
	struct standing standing = { SOURCE_ACTIVE, false, 0 };
	enum status status =
		source_expect(session, change->id, &standing, fault);

	if (status == STATUS_OK && standing.state == SOURCE_PAUSED)
		return fault_field(fault, STATUS_CONFLICT, "state",
				   "the source is paused");
	if (status == STATUS_OK)
		status = job_queue(session, SCAN_JOB, change->id,
				   change->again ? SCAN_AGAIN : "",
				   &change->job_id, fault);
	if (status == STATUS_OK)
		status = source_audit(session, change, "update", "scan",
				      json_string(change->again ? "again" :
								  "changes"),
				      fault);
	return status;
}

enum status
source_scan(struct store *store, const struct caller *caller, int64_t id,
	    bool again, int64_t *job_id, struct fault *fault)
{
	struct place_change change = { .caller = caller, .id = id,
					.again = again };
	enum status status = store_write(store, scan_work, &change, fault);

	if (status == STATUS_OK)
		*job_id = change.job_id;
	return status;
}

/* ---- removing ------------------------------------------------------------------ */

/* Stops all scans of a source that are queued or run; *running: some still
 * do. */
static enum status
scans_stop(struct store_session *session, int64_t source_id, bool *running,
	   struct fault *fault)
{
	const struct job_filter filter = { .kind = SCAN_JOB,
					   .source_id = source_id };
	const struct page_request page = { .limit = PAGE_LIMIT_MAX };
	struct job_list list;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	*running = false;
	status = jobs_list(session, &filter, &page, &arena, &list, fault);
	for (size_t i = 0; status == STATUS_OK && i < list.count; i++) {
		const struct job_row *job = &list.items[i];

		if (job->state != JOB_QUEUED && job->state != JOB_RUNNING)
			continue;
		*running = *running || job->state == JOB_RUNNING;
		if (!job->cancel_asked)
			status = jobs_cancel(session, job->id, fault);
	}
	arena_release(&arena);
	return status;
}

static enum status
remove_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct place_change *change = cookie;
	struct standing standing = { SOURCE_ACTIVE, false, 0 };
	bool running;
	enum status status =
		source_expect(session, change->id, &standing, fault);

	if (status == STATUS_OK && standing.managed && standing.file_count > 0)
		return fault_field(fault, STATUS_CONFLICT, "managed",
				   "these files were uploaded and lie nowhere "
				   "else: take them away first");
	if (status == STATUS_OK)
		status = sources_set_state(session, change->id, SOURCE_PAUSED,
					   fault);
	if (status == STATUS_OK)
		status = scans_stop(session, change->id, &running, fault);
	if (status == STATUS_OK)
		status = job_queue(session, REMOVE_JOB, change->id, "",
				   &change->job_id, fault);
	if (status == STATUS_OK)
		status = source_audit(session, change, "delete", "id",
				      json_integer(change->id), fault);
	return status;
}

enum status
source_remove(struct store *store, const struct caller *caller, int64_t id,
	      int64_t *job_id, struct fault *fault)
{
	struct place_change change = { .caller = caller, .id = id };
	enum status status = store_write(store, remove_work, &change, fault);

	if (status == STATUS_OK)
		*job_id = change.job_id;
	return status;
}

struct emptying {
	int64_t source_id, left;
	bool running;
};

static enum status
stop_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct emptying *emptying = cookie;

	return scans_stop(session, emptying->source_id, &emptying->running,
			  fault);
}

static enum status
empty_work(struct catalogue *catalogue, struct store_session *session,
	   void *cookie, struct fault *fault)
{
	struct emptying *emptying = cookie;
	enum status status = catalogue_empty_source(
		catalogue, emptying->source_id, REMOVE_STEP, &emptying->left,
		fault);

	if (status == STATUS_OK && emptying->left == 0)
		status = sources_remove(session, emptying->source_id, fault);
	return status;
}

/* Scans first: one that still runs would bring tracks back. */
static enum status
scans_wait(struct job *job, struct store *store, struct emptying *emptying,
	   struct fault *fault)
{
	struct job_progress progress = { .eta_seconds = -1 };
	enum status status = STATUS_OK;

	do {
		if (job_stopping(job))
			return STATUS_CANCELLED;
		status = store_write(store, stop_work, emptying, fault);
		if (status == STATUS_OK && emptying->running) {
			status = job_note(job, &progress, fault);
			usleep(WAIT_US);
		}
	} while (status == STATUS_OK && emptying->running);
	return status;
}

static enum status
remove_job_run(struct job *job, void *cookie, struct fault *fault)
{
	const struct scan_services *services = cookie;
	struct emptying emptying = { .source_id = job_source_id(job),
				     .left = 1 };
	struct catalogue *catalogue = catalogue_new(services->store);
	struct job_progress progress = { .eta_seconds = -1 };
	enum status status =
		scans_wait(job, services->store, &emptying, fault);

	while (status == STATUS_OK && emptying.left > 0) {
		if (job_stopping(job)) {
			status = STATUS_CANCELLED;
			break;
		}
		status = catalogue_write(catalogue, empty_work, &emptying,
					 fault);
		progress.done += REMOVE_STEP;
		progress.total = progress.done + emptying.left;
		if (status == STATUS_OK && emptying.left > 0)
			status = job_note(job, &progress, fault);
	}
	catalogue_free(catalogue);
	return status;
}

/* ---- jobs ------------------------------------------------------------------------ */

static enum status
job_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct place_change *change = cookie;
	enum status status;

	if (change->cancel)
		status = jobs_cancel(session, change->job_id, fault);
	else
		status = jobs_retry(session, change->job_id, fault);
	if (status != STATUS_OK)
		return status;
	return audit_add(session, change->caller, "update", "job",
			 change->job_id, NULL,
			 change->cancel ? "{\"asked\":\"cancel\"}" :
					  "{\"asked\":\"retry\"}",
			 fault);
}

enum status
source_job_change(struct store *store, const struct caller *caller,
		  int64_t job_id, bool cancel, struct fault *fault)
{
	struct place_change change = { .caller = caller, .job_id = job_id,
					.cancel = cancel };

	return store_write(store, job_work, &change, fault);
}

struct retrying {
	const struct caller *caller;
	const char *kind;
	int64_t count;
};

static enum status
retry_dead_work(struct store_session *session, void *cookie,
		struct fault *fault)
{
	struct retrying *retrying = cookie;
	enum status status = jobs_retry_dead(session, retrying->kind,
					     &retrying->count, fault);

	if (status != STATUS_OK || retrying->count == 0)
		return status;
	return audit_add(session, retrying->caller, "bulk_update", "job", 0,
			 NULL, "{\"asked\":\"retry\"}", fault);
}

enum status
source_jobs_retry(struct store *store, const struct caller *caller,
		  const char *kind, int64_t *count, struct fault *fault)
{
	struct retrying retrying = { .caller = caller, .kind = kind };
	enum status status =
		store_write(store, retry_dead_work, &retrying, fault);

	if (status == STATUS_OK)
		*count = retrying.count;
	return status;
}
