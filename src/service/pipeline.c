/* pipeline.c - brings the library in step with all its sources: the steps
 * extract, transform, load, index, aggregate, cleanup, one after the other.
 *
 * Each source is a scan of its own (service/scan.h), a part of this job: it
 * reads, probes and saves its files in a stream, so a library never lies about
 * half made between two steps. Every step may be done again from its start; the
 * cursor names the one that a later try goes on with. A further step is a row of
 * the table. */
#include "service/chores.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "library/sources.h"
#include "service/duplicate.h"
#include "service/analyse.h"
#include "service/index.h"
#include "service/listening.h"
#include "service/scan.h"

#define LOOK_US 300000
#define INDEX_BUDGET_MS 500

struct pipeline {
	const struct chores *chores;
	struct job *job;
	struct job_family scans;
	struct job_progress progress;
};

/* ---- extract: a scan for each source ----------------------------------------- */

static enum status
scans_ask(struct store_session *session, void *cookie, struct fault *fault)
{
	struct pipeline *pipeline = cookie;
	struct source_row *sources;
	struct arena arena;
	enum status status;
	size_t count = 0;

	arena_init(&arena);
	status = sql_lock(session, "etl_jobs", fault); /* see jobs_ask() */
	if (status == STATUS_OK)
		status = sources_list(session, &arena, &sources, &count,
				      fault);
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		const struct job_ask ask = {
			.kind = SCAN_JOB, .source_id = sources[i].id,
			.parent_id = job_id(pipeline->job),
		};
		int64_t id;

		if (sources[i].state != SOURCE_ACTIVE)
			continue;
		status = jobs_ask(session, &ask, &id, fault);
		if (status == STATUS_CONFLICT)
			status = STATUS_OK; /* it will be scanned all the same */
	}
	arena_release(&arena);
	return status;
}

static enum status
step_extract(struct pipeline *pipeline, struct fault *fault)
{
	return store_write(pipeline->chores->store, scans_ask, pipeline,
			   fault);
}

/* ---- transform: the scans read and save ------------------------------------------ */

static enum status
scans_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct pipeline *pipeline = cookie;

	return jobs_of_parent(session, job_id(pipeline->job),
			      &pipeline->scans, fault);
}

static enum status
step_transform(struct pipeline *pipeline, struct fault *fault)
{
	const int64_t *counts = pipeline->scans.counts;
	enum status status;

	do {
		if (job_stopping(pipeline->job))
			return STATUS_CANCELLED;
		status = store_read(pipeline->chores->store, scans_read,
				    pipeline, fault);
		if (status != STATUS_OK)
			return status;
		pipeline->progress = pipeline->scans.progress;
		pipeline->progress.eta_seconds = -1;
		status = job_note(pipeline->job, &pipeline->progress, fault);
		if (counts[JOB_QUEUED] + counts[JOB_RUNNING] > 0)
			usleep(LOOK_US);
	} while (status == STATUS_OK &&
		 counts[JOB_QUEUED] + counts[JOB_RUNNING] > 0);
	return status;
}

/* ---- load: did all of them end well? ------------------------------------------------ */

static enum status
step_load(struct pipeline *pipeline, struct fault *fault)
{
	const int64_t *counts = pipeline->scans.counts;
	int64_t bad;
	char line[120];
	enum status status = store_read(pipeline->chores->store, scans_read,
					pipeline, fault);

	if (status != STATUS_OK)
		return status;
	bad = counts[JOB_FAILED] + counts[JOB_DEAD];
	snprintf(line, sizeof line,
		 "%lld scans done, %lld failed, %lld cancelled",
		 (long long)counts[JOB_DONE], (long long)bad,
		 (long long)counts[JOB_CANCELLED]);
	job_log(pipeline->job, bad > 0 ? "warning" : "info", NULL, line);
	return STATUS_OK;
}

/* ---- index, aggregate ----------------------------------------------------------------- */

static enum status
step_index(struct pipeline *pipeline, struct fault *fault)
{
	enum status status;

	do {
		if (job_stopping(pipeline->job))
			return STATUS_CANCELLED;
		status = index_catch_up(pipeline->chores->index,
					INDEX_BUDGET_MS, fault);
	} while (status == STATUS_AGAIN_LATER);
	return status;
}

/* Plays become counts, popularity and neighbours; what came is listened to, in a
 * job of its own; what was heard is looked up among the rest. */
static enum status
step_aggregate(struct pipeline *pipeline, struct fault *fault)
{
	enum status status =
		listening_catch_up(pipeline->chores->listening, fault);
	bool asked;

	if (status == STATUS_OK && pipeline->chores->analyses)
		status = analyse_look(pipeline->chores->store, &asked, fault);
	return status == STATUS_OK ?
		       duplicates_job_ask(pipeline->chores->store, fault) :
		       status;
}

/* ---- cleanup: what came may be untidy ---------------------------------------------------- */

static enum status
cleanup_ask(struct store_session *session, void *cookie, struct fault *fault)
{
	int64_t id = 0;
	enum status status = jobs_add(session, CLEANUP_JOB, 0, NULL, &id,
				      fault);

	(void)cookie;
	return status == STATUS_CONFLICT && id != 0 ? STATUS_OK : status;
}

/* A job of its own: nobody waits for it. */
static enum status
step_cleanup(struct pipeline *pipeline, struct fault *fault)
{
	return store_write(pipeline->chores->store, cleanup_ask, NULL, fault);
}

/* ---- one after the other ------------------------------------------------------------------ */

static const struct pipeline_step {
	const char *name;
	enum status (*run)(struct pipeline *pipeline, struct fault *fault);
} steps[] = {
	{ "extract", step_extract },
	{ "transform", step_transform },
	{ "load", step_load },
	{ "index", step_index },
	{ "aggregate", step_aggregate },
	{ "cleanup", step_cleanup },
};

/* The step that the try before was in. */
static size_t
step_first(const struct job *job)
{
	const char *cursor = job_cursor(job);
	char quoted[40];

	for (size_t i = 0; cursor != NULL && i < ARRAY_LENGTH(steps); i++) {
		snprintf(quoted, sizeof quoted, "\"%s\"", steps[i].name);
		if (strstr(cursor, quoted) != NULL)
			return i;
	}
	return 0;
}

enum status
music_etl_run(struct job *job, void *cookie, struct fault *fault)
{
	struct pipeline pipeline = { .chores = cookie, .job = job,
				     .progress = { .eta_seconds = -1 } };
	enum status status = STATUS_OK;

	for (size_t i = step_first(job);
	     i < ARRAY_LENGTH(steps) && status == STATUS_OK; i++) {
		char cursor[60];

		snprintf(cursor, sizeof cursor, "{\"at\":\"%s\"}",
			 steps[i].name);
		status = job_step(job, steps[i].name, fault);
		if (status == STATUS_OK)
			status = job_note_at(job, &pipeline.progress, cursor,
					     fault);
		if (status == STATUS_OK)
			status = steps[i].run(&pipeline, fault);
		if (status == STATUS_OK && job_stopping(job))
			status = STATUS_CANCELLED;
	}
	/* The next run of this row, if any, starts anew. */
	if (status == STATUS_OK)
		status = job_note_at(job, &pipeline.progress, "{}", fault);
	return status;
}
