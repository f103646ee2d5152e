/* scan.c - one scan from its job row to its end; see scan.h for what holds and
 * scan_parts.h for how the parts work together. */
#include "service/scan_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/log.h"
#include "service/place.h"

#define TELL_MS 500       /* between calls of the watcher */
#define RATE_WEIGHT 0.3   /* of the newest interval in the rate */

const struct option scan_options[] = {
	{ .name = "SCAN_WALKERS", .type = OPTION_U32, .preset = "2",
	  .summary = "Threads that list folders during a scan.",
	  .min = 1, .max = 16,
	  .offset = offsetof(struct scan_settings, walkers) },
	{ .name = "SCAN_PROBES", .type = OPTION_U32, .preset = "0",
	  .summary = "Files that a scan has in work at the same time; 0: two for "
		     "each processor and two more.",
	  .max = SCAN_PROBERS_MAX,
	  .offset = offsetof(struct scan_settings, probes) },
	{ .name = "SCAN_BATCH", .type = OPTION_U32, .preset = "250",
	  .summary = "Files that a scan saves in one transaction.",
	  .min = 1, .max = 1000,
	  .offset = offsetof(struct scan_settings, batch) },
	{ .name = "SCAN_PICTURE_LIMIT_BYTES", .type = OPTION_U64,
	  .preset = "20971520", .unit = "bytes",
	  .summary = "Larger pictures are not taken as covers.",
	  .min = 1024, .max = MEDIA_PICTURE_BYTES_MAX,
	  .offset = offsetof(struct scan_settings, picture_limit_bytes) },
	{ .name = "SCAN_FOLLOW_LINKS", .type = OPTION_BOOL, .preset = "yes",
	  .summary = "Follow links that lead out of a source's folder.",
	  .offset = offsetof(struct scan_settings, links) },
	{ 0 },
};

static struct metric metric_files = METRIC_COUNTER(
	"ogma_indexer_tracks_total",
	"Files that scans read and saved, by kind of source.", "source");
static struct metric metric_scans =
	METRIC_COUNTER("ogma_scan_total", "Scans ended, by result.", "result");
static struct metric metric_rejected = METRIC_COUNTER(
	"ogma_scan_rejected_total", "Files that scans had to reject.", NULL);
static struct metric metric_rate = METRIC_GAUGE(
	"ogma_indexer_rate_per_minute", "Files per minute of the scan that "
					"runs, 0 when none does.", NULL);

/* ---- shared by the parts -------------------------------------------------- */

enum status
scan_fail(struct scan *scan, enum status status, const struct fault *fault)
{
	pthread_mutex_lock(&scan->lock);
	if (scan->status == STATUS_OK) {
		scan->status = status;
		if (fault != NULL)
			scan->fault = *fault;
		else
			fault_set(&scan->fault, status, "the scan was stopped");
	}
	pthread_mutex_unlock(&scan->lock);
	atomic_store(&scan->stop, true);
	scan_queue_break(&scan->work);
	scan_queue_break(&scan->done);
	return status;
}

bool
scan_stopping(struct scan *scan)
{
	return atomic_load(&scan->stop) || job_stopping(scan->job) ||
	       (scan->args->stop != NULL && atomic_load(scan->args->stop));
}

void
scan_tell_rejected(struct scan *scan, const char *path, const char *reason)
{
	const struct scan_watcher *watcher = &scan->args->watcher;

	counter_add(metric_cell(&metric_rejected), 1);
	job_log(scan->job, "warning", path, reason);
	if (watcher->rejected != NULL)
		watcher->rejected(watcher->cookie, path, reason);
}

/* ---- progress ------------------------------------------------------------- */

static void
progress_look(const struct scan *scan, enum scan_phase phase,
	      struct scan_progress *out)
{
	uint64_t same = atomic_load(&scan->compared_same);
	uint64_t rejected = atomic_load(&scan->compared_rejected);

	*out = (struct scan_progress){
		.phase = phase,
		.done = same + rejected + scan->saved,
		.total = atomic_load(&scan->seen),
		.walk_ended = atomic_load(&scan->walk_ended),
		.rate = scan->rate,
		.eta_seconds = -1,
		.added = scan->added,
		.updated = scan->updated,
		.moved = scan->moved,
		.removed = scan->removed,
		.restored = scan->restored,
		.unchanged = scan->unchanged + same,
		.rejected = scan->rejected + rejected,
		.elapsed_ms = clock_monotonic_ms() - scan->start_ms,
	};
	if (out->done > out->total)
		out->total = out->done;
	if (phase == SCAN_ENDED) {
		out->rate = out->elapsed_ms == 0 ?
				    0 :
				    (double)out->done * 1000 /
					    (double)out->elapsed_ms;
		out->eta_seconds = 0;
	} else if (out->walk_ended && out->rate > 0) {
		out->eta_seconds = (int64_t)((double)(out->total - out->done) /
					     out->rate + 0.5);
	}
}

static void
progress_row(const struct scan_progress *progress, struct job_progress *out)
{
	*out = (struct job_progress){
		.done = (int64_t)progress->done,
		.total = (int64_t)progress->total,
		.rate = progress->rate,
		.eta_seconds = progress->eta_seconds,
		.added = (int64_t)progress->added,
		.updated = (int64_t)progress->updated,
		.moved = (int64_t)progress->moved,
		.removed = (int64_t)progress->removed,
		.restored = (int64_t)progress->restored,
		.unchanged = (int64_t)progress->unchanged,
		.rejected = (int64_t)progress->rejected,
	};
}

static void
rate_measure(struct scan *scan, uint64_t done, int64_t now_ms)
{
	double now = (double)(done - scan->tick_done) * 1000 /
		     (double)(now_ms - scan->tick_ms);

	scan->rate = scan->rate == 0 ? now :
				       scan->rate * (1 - RATE_WEIGHT) +
					       now * RATE_WEIGHT;
	scan->tick_done = done;
	scan->tick_ms = now_ms;
	gauge_set(metric_cell(&metric_rate), scan->rate * 60);
}

void
scan_tell_progress(struct scan *scan, enum scan_phase phase, bool now)
{
	const struct scan_watcher *watcher = &scan->args->watcher;
	int64_t now_ms = clock_monotonic_ms();
	struct scan_progress progress;
	struct job_progress row;
	struct fault fault;

	if (!now && now_ms - scan->tick_ms < TELL_MS)
		return;
	progress_look(scan, phase, &progress);
	if (now_ms > scan->tick_ms)
		rate_measure(scan, progress.done, now_ms);
	if (watcher->progress != NULL)
		watcher->progress(watcher->cookie, &progress);
	if (phase == SCAN_ENDED)
		return; /* the end of the job writes the row */
	progress_row(&progress, &row);
	/* All three go on at the same time; told is the one that holds up. */
	if (job_step(scan->job,
		     phase == SCAN_FINISHING ? "load" :
		     progress.walk_ended     ? "transform" :
					       "extract",
		     &fault) == STATUS_CONFLICT ||
	    job_note(scan->job, &row, &fault) == STATUS_CONFLICT)
		scan_fail(scan, STATUS_CONFLICT, &fault);
}

/* ---- running -------------------------------------------------------------- */

static void *
walk_run(void *cookie)
{
	struct scan *scan = cookie;

	scan_walk(scan);
	scan_queue_leave(&scan->work);
	scan_queue_leave(&scan->done);
	return NULL;
}

static uint32_t
probers_wanted(const struct scan *scan)
{
	uint32_t probes = scan->services->settings->probes;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	/* More than the pool works on: storing a picture waits for the disk,
	 * and meanwhile the pool should not be without work. */
	if (probes == 0)
		probes = 2 * (uint32_t)(processors < 1 ? 1 : processors) + 2;
	return probes > SCAN_PROBERS_MAX ? SCAN_PROBERS_MAX : probes;
}

/* Walk, probe and save until all is done or one of them failed. */
static void
pipeline_run(struct scan *scan)
{
	pthread_t walker, probers[SCAN_PROBERS_MAX];
	uint32_t wanted = probers_wanted(scan), started = 0;
	struct fault fault;
	bool walking;

	scan_queue_init(&scan->work, SCAN_WORK_MAX, 1);
	scan_queue_init(&scan->done, SCAN_DONE_MAX, wanted + 1);
	while (started < wanted &&
	       pthread_create(&probers[started], NULL, scan_probe_run, scan) ==
		       0)
		started++;
	for (uint32_t i = started; i < wanted; i++)
		scan_queue_leave(&scan->done);
	walking = started > 0 &&
		  pthread_create(&walker, NULL, walk_run, scan) == 0;
	if (!walking) {
		fault_set(&fault, STATUS_FAILED, "cannot start threads");
		scan_fail(scan, STATUS_FAILED, &fault);
	}
	scan_save(scan);
	if (walking)
		pthread_join(walker, NULL);
	for (uint32_t i = 0; i < started; i++)
		pthread_join(probers[i], NULL);
	scan_queue_release(&scan->work);
	scan_queue_release(&scan->done);
}

struct source_load {
	int64_t id;
	struct arena *arena;
	struct source_row row;
	struct files_totals totals;
};

static enum status
source_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct source_load *load = cookie;
	enum status status;

	status = sources_get(session, load->id, load->arena, &load->row, fault);
	if (status == STATUS_OK && load->row.state == SOURCE_REMOVED)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "the source was removed");
	if (status == STATUS_OK)
		status = files_count(session, load->id, &load->totals, fault);
	return status;
}

static enum status
source_open_row(const struct scan_services *services,
		const struct source_row *row, struct source **out,
		struct fault *fault)
{
	const struct place place = { row->kind, row->root, row->config };
	const struct source_args args = {
		.walkers = services->settings->walkers,
		.links = services->settings->links,
		.s3 = services->s3,
	};

	return place_open(&place, &args, out, fault);
}

/* A disk that is not mounted looks like an empty folder. */
static enum status
emptiness_check(const struct scan *scan, const struct files_totals *totals,
		struct fault *fault)
{
	if (!scan->whole || atomic_load(&scan->seen) > 0 ||
	    totals->files - totals->rejected <= 0)
		return STATUS_OK;
	return fault_field(fault, STATUS_UNAVAILABLE, "source",
			   "%s holds no music, but the library knows %" PRId64
			   " files there: is its disk mounted? Nothing was "
			   "changed.",
			   scan->root, totals->files);
}

/* The scan proper, between the beginning and the end of its job. */
static enum status
scan_work(struct scan *scan, const struct source_load *load,
	  struct fault *fault)
{
	enum status status = source_check(scan->source, fault);

	if (status != STATUS_OK)
		return status;
	pipeline_run(scan);
	/* A folder that is gone may be one that was moved or a disk that was
	 * taken away: only a look at everything can tell. */
	if (scan->status == STATUS_OK && scan->parts_gone && !scan->whole) {
		scan->whole = true;
		atomic_store(&scan->walk_ended, false);
		atomic_store(&scan->seen, 0);
		atomic_store(&scan->compared_same, 0);
		atomic_store(&scan->compared_rejected, 0);
		pipeline_run(scan);
	}
	if (scan->status != STATUS_OK) {
		*fault = scan->fault;
		return scan->status;
	}
	status = emptiness_check(scan, &load->totals, fault);
	if (status == STATUS_OK)
		status = scan_mark_missing(scan, fault);
	return status;
}

static void
scan_release(struct scan *scan)
{
	for (size_t i = 0; i < scan->kept_count; i++)
		free(scan->kept[i]);
	free(scan->kept);
	free(scan->visited.places);
	free(scan->torn.places);
	free(scan->pictures);
	catalogue_free(scan->catalogue);
	source_close(scan->source);
	pthread_mutex_destroy(&scan->lock);
}

struct scan_note {
	int64_t source_id;
	const char *error;
};

static enum status
note_write(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct scan_note *note = cookie;

	return sources_note_scan(session, note->source_id, note->error, fault);
}

static void
scan_tell_end(struct scan *scan, enum status status,
	      const struct scan_progress *progress, const struct fault *fault)
{
	counter_add(metric_cell(&metric_scans, status == STATUS_OK ?
						       "done" :
					       status == STATUS_CANCELLED ?
						       "cancelled" :
						       "failed"),
		    1);
	counter_add(metric_cell(&metric_files,
				scan->source == NULL ?
					"unknown" :
					scan->source->driver->name),
		    (double)scan->saved);
	gauge_set(metric_cell(&metric_rate), 0);
	if (status == STATUS_OK)
		log_info("scan", "scan finished", LOG_TEXT("root", scan->root),
			 LOG_INT("files", progress->total),
			 LOG_INT("added", progress->added),
			 LOG_INT("updated", progress->updated),
			 LOG_INT("moved", progress->moved),
			 LOG_INT("removed", progress->removed),
			 LOG_INT("restored", progress->restored),
			 LOG_INT("rejected", progress->rejected),
			 LOG_INT("elapsed_ms", progress->elapsed_ms));
	else if (status != STATUS_CANCELLED)
		log_warning("scan", "scan failed", LOG_TEXT("root", scan->root),
			    LOG_TEXT("reason", fault->message));
}

/* Everything but the job row. */
static enum status
scan_run_job(const struct scan_services *services,
	     const struct scan_args *args, struct job *job,
	     struct scan_progress *progress, struct fault *fault)
{
	struct scan scan = { .services = services, .args = args, .job = job,
			     .root = "", .whole = args->part_count == 0 };
	struct source_load load = { .id = args->source_id };
	struct fault other;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	load.arena = &arena;
	pthread_mutex_init(&scan.lock, NULL);
	scan.start_ms = scan.tick_ms = clock_monotonic_ms();
	scan.began_at_ms = clock_now_ms();
	scan.pictures = mem_new(SCAN_PICTURES_MAX, sizeof *scan.pictures);
	scan.catalogue = catalogue_new(services->store);
	status = store_read(services->store, source_read, &load, fault);
	if (status == STATUS_OK) {
		scan.root = load.row.root;
		if (strcmp(load.row.kind, source_driver_s3.name) == 0)
			source_s3_root_parse(scan.root, &arena, &scan.bucket,
					     &scan.prefix);
		status = source_open_row(services, &load.row,
					 &scan.source, fault);
	}
	if (status == STATUS_OK)
		status = scan_work(&scan, &load, fault);
	if (status == STATUS_OK || status == STATUS_UNAVAILABLE) {
		struct scan_note note = {
			args->source_id,
			status == STATUS_OK ? NULL : fault->message
		};

		if (store_write(services->store, note_write, &note, &other) !=
			    STATUS_OK &&
		    status == STATUS_OK) {
			status = other.status;
			*fault = other;
		}
	}
	progress_look(&scan, SCAN_ENDED, progress);
	scan_tell_end(&scan, status, progress, fault);
	scan_tell_progress(&scan, SCAN_ENDED, true);
	scan_release(&scan);
	arena_release(&arena);
	return status;
}

static void
detail_make(const struct scan_args *args, char *out, size_t room)
{
	struct arena arena;

	out[0] = '\0';
	if (args->again)
		snprintf(out, room, "%s", SCAN_AGAIN);
	else if (args->part_count > 0) {
		arena_init(&arena);
		snprintf(out, room, "folders: %zu, first: %.200s",
			 args->part_count,
			 source_name_display(&arena, args->parts[0].path));
		out[utf8_cut(out, strlen(out), room - 4)] = '\0';
		arena_release(&arena);
	}
}

enum status
scan_run(const struct scan_services *services, const struct scan_args *args,
	 struct scan_progress *out, int64_t *id, struct fault *fault)
{
	struct scan_progress progress = { 0 };
	struct job_progress row;
	struct fault reason = { 0 };
	enum status status;
	char detail[300];
	struct job *job;

	detail_make(args, detail, sizeof detail);
	status = job_begin(services->store, SCAN_JOB, args->source_id, detail,
			   &job, fault);
	if (status != STATUS_OK)
		return status;
	if (id != NULL)
		*id = job_id(job);
	status = scan_run_job(services, args, job, &progress, &reason);
	progress_row(&progress, &row);
	if (out != NULL)
		*out = progress;
	status = job_end(job, status, &row, &reason);
	if (status != STATUS_OK && fault != NULL)
		*fault = reason;
	return status;
}

enum status
scan_job_run(struct job *job, void *cookie, struct fault *fault)
{
	struct scan_args args = {
		.source_id = job_source_id(job),
		.again = strcmp(job_detail(job), SCAN_AGAIN) == 0,
	};
	struct scan_progress progress = { 0 };
	struct job_progress row;
	struct fault other;
	enum status status;

	status = scan_run_job(cookie, &args, job, &progress, fault);
	progress_row(&progress, &row);
	(void)job_note(job, &row, &other);
	return status;
}

/* ---- sources -------------------------------------------------------------- */

struct source_adding {
	const char *root;
	int64_t id;
	bool is_new;
};

static bool
roots_overlap(const char *a, const char *b)
{
	return source_path_within(a, b) || source_path_within(b, a) ||
	       strcmp(a, "/") == 0 || strcmp(b, "/") == 0;
}

enum status
scan_source_write(struct store_session *session, const char *root,
		  const char *config, int64_t *id, bool *is_new,
		  struct fault *fault)
{
	const char *kind = root[0] == '/' ? source_driver_folder.name :
					    source_driver_s3.name;
	struct source_row *rows;
	enum status status;
	struct arena arena;
	size_t count;

	*id = 0;
	*is_new = false;
	arena_init(&arena);
	status = sources_list(session, &arena, &rows, &count, fault);
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		if (strcmp(rows[i].kind, kind) != 0)
			continue;
		if (strcmp(rows[i].root, root) == 0) {
			*id = rows[i].id;
			goto out;
		}
		if (roots_overlap(rows[i].root, root))
			status = fault_field(
				fault, STATUS_CONFLICT, "path",
				"%s and the source %s lie inside each other",
				root, rows[i].root);
	}
	if (status == STATUS_OK) {
		status = sources_add(session, kind, root, config, id, fault);
		*is_new = status == STATUS_OK;
	}
out:
	arena_release(&arena);
	return status;
}

static enum status
source_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct source_adding *adding = cookie;

	return scan_source_write(session, adding->root, NULL, &adding->id,
				 &adding->is_new, fault);
}

/* Without what may be left out: "s3://bucket//a/" is "s3://bucket/a". */
static enum status
bucket_root(const char *path, char root[PATH_MAX], struct fault *fault)
{
	const char *bucket, *prefix;
	struct arena arena;
	bool fine;

	arena_init(&arena);
	fine = source_s3_root_parse(path, &arena, &bucket, &prefix) &&
	       strlen(path) < PATH_MAX;
	if (fine)
		snprintf(root, PATH_MAX, "s3://%s%s%.*s", bucket,
			 *prefix != '\0' ? "/" : "",
			 *prefix != '\0' ? (int)strlen(prefix) - 1 : 0, prefix);
	arena_release(&arena);
	return fine ? STATUS_OK :
		      fault_field(fault, STATUS_INVALID, "path",
				  "a bucket is written s3://bucket or "
				  "s3://bucket/folder");
}

enum status
scan_source_root(const char *path, char root[PATH_MAX], struct fault *fault)
{
	struct stat facts;

	if (strncmp(path, "s3:", 3) == 0)
		return bucket_root(path, root, fault);
	if (realpath(path, root) == NULL)
		return fault_errno(fault, errno, "there is no folder %s", path);
	if (stat(root, &facts) != 0)
		return fault_errno(fault, errno, "cannot look at %s", root);
	if (!S_ISDIR(facts.st_mode))
		return fault_field(fault, STATUS_INVALID, "path",
				   "%s is not a folder", root);
	return STATUS_OK;
}

enum status
scan_source_add(struct store *store, const char *path, int64_t *source_id,
		bool *is_new, struct fault *fault)
{
	struct source_adding adding = { 0 };
	char root[PATH_MAX];
	enum status status = scan_source_root(path, root, fault);

	if (status != STATUS_OK)
		return status;
	adding.root = root;
	status = store_write(store, source_write, &adding, fault);
	if (status != STATUS_OK)
		return status;
	*source_id = adding.id;
	*is_new = adding.is_new;
	return STATUS_OK;
}
