/* duplicate.c - see duplicate.h. */
#include "service/duplicate.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "library/audit.h"
#include "library/fingerprints.h"
#include "library/jobs.h"
#include "service/edit_private.h"
#include "service/job.h"
#include "service/scan.h"

#define AT_ONCE 16 /* look-ups in one transaction */

/* ---- finding ---------------------------------------------------------------- */

struct looking {
	size_t looked, pairs;
};

static enum status
look_some(struct store_session *session, void *cookie, struct fault *fault)
{
	struct looking *looking = cookie;
	struct arena arena;
	int64_t *ids, now_ms = clock_now_ms();
	size_t count = 0;
	enum status status;

	*looking = (struct looking){ 0 };
	arena_init(&arena);
	status = fingerprints_pending(session, 0, AT_ONCE, &arena, &ids,
				      &count, fault);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		size_t pairs = 0;

		status = duplicates_look_up(session, ids[i], now_ms, &pairs,
					    fault);
		looking->pairs += pairs;
	}
	looking->looked = count;
	arena_release(&arena);
	return status;
}

static enum status
count_work(struct store_session *session, void *cookie, struct fault *fault)
{
	return fingerprints_pending_count(session, cookie, fault);
}

enum status
duplicates_job_run(struct job *job, void *cookie, struct fault *fault)
{
	const struct scan_services *services = cookie;
	struct job_progress progress = { .eta_seconds = -1 };
	struct looking looking = { .looked = 1 };
	int64_t waiting = 0;
	char line[100];
	enum status status = store_read(services->store, count_work, &waiting,
					fault);

	progress.total = waiting;
	while (status == STATUS_OK && looking.looked > 0) {
		if (job_stopping(job))
			return STATUS_CANCELLED;
		status = store_write(services->store, look_some, &looking,
				     fault);
		progress.done += (int64_t)looking.looked;
		progress.added += (int64_t)looking.pairs;
		if (status == STATUS_OK)
			status = job_note(job, &progress, fault);
	}
	snprintf(line, sizeof line, "%lld tracks looked up, %lld pairs found",
		 (long long)progress.done, (long long)progress.added);
	if (status == STATUS_OK)
		job_log(job, "info", NULL, line);
	return status;
}

static enum status
ask_work(struct store_session *session, void *cookie, struct fault *fault)
{
	int64_t id = 0;
	enum status status = jobs_add(session, DUPLICATES_JOB, 0, NULL, &id,
				      fault);

	(void)cookie;
	/* one that waits will do it */
	return status == STATUS_CONFLICT && id != 0 ? STATUS_OK : status;
}

enum status
duplicates_job_ask(struct store *store, struct fault *fault)
{
	int64_t waiting = 0;
	enum status status = store_read(store, count_work, &waiting, fault);

	return status == STATUS_OK && waiting > 0 ?
		       store_write(store, ask_work, NULL, fault) : status;
}

/* ---- deciding --------------------------------------------------------------- */

struct deciding {
	const struct caller *caller;
	struct duplicate_decision decision;
};

/* The group for the audit log: what was decided, and the ids it is about. */
static enum status
decision_audit(struct store_session *session, const struct deciding *deciding,
	       const char *decided, struct fault *fault)
{
	const struct duplicate_decision *decision = &deciding->decision;
	struct duplicate_group group;
	struct arena arena;
	json_t *ids = json_array(), *values;
	char *text;
	enum status status;

	arena_init(&arena);
	status = duplicates_get(session, decision->group_id, &arena, &group,
				fault);
	for (size_t i = 0; status == STATUS_OK && i < group.count; i++)
		json_array_append_new(ids,
				      json_integer(group.tracks[i].track.id));
	values = json_pack("{s:s, s:o}", "decision", decided, "tracks", ids);
	if (decision->track_id != 0)
		json_object_set_new(values, "track_id",
				    json_integer(decision->track_id));
	text = json_dumps(values, JSON_COMPACT);
	if (status == STATUS_OK)
		status = audit_add(session, deciding->caller, "update",
				   "duplicates", decision->group_id, NULL,
				   text, fault);
	free(text);
	json_decref(values);
	arena_release(&arena);
	return status;
}

static enum status
merge_work(struct catalogue *catalogue, struct store_session *session,
	   void *cookie, struct fault *fault)
{
	const struct deciding *deciding = cookie;
	enum status status = duplicates_merge(catalogue, &deciding->decision,
					      fault);

	return status == STATUS_OK ?
		       decision_audit(session, deciding, "merge", fault) :
		       status;
}

static enum status
undo_work(struct catalogue *catalogue, struct store_session *session,
	  void *cookie, struct fault *fault)
{
	const struct deciding *deciding = cookie;
	enum status status = duplicates_undo(
		catalogue, deciding->decision.group_id, fault);

	return status == STATUS_OK ?
		       decision_audit(session, deciding, "undo", fault) :
		       status;
}

static enum status
dismiss_work(struct catalogue *catalogue, struct store_session *session,
	     void *cookie, struct fault *fault)
{
	const struct deciding *deciding = cookie;
	enum status status = duplicates_dismiss(session, &deciding->decision,
						clock_now_ms(), fault);

	(void)catalogue;
	return status == STATUS_OK ?
		       decision_audit(session, deciding, "dismiss", fault) :
		       status;
}

static enum status
decide(const struct editor *editor, const struct caller *caller,
       catalogue_work *work, int64_t group_id, int64_t track_id,
       struct fault *fault)
{
	struct deciding deciding = {
		.caller = caller,
		.decision = { group_id, track_id, caller->user_id },
	};

	return edit_write(editor, work, &deciding, fault);
}

enum status
duplicate_merge(const struct editor *editor, const struct caller *caller,
		int64_t group_id, int64_t keep, struct fault *fault)
{
	return decide(editor, caller, merge_work, group_id, keep, fault);
}

enum status
duplicate_dismiss(const struct editor *editor, const struct caller *caller,
		  int64_t group_id, int64_t track_id, struct fault *fault)
{
	return decide(editor, caller, dismiss_work, group_id, track_id, fault);
}

enum status
duplicate_undo(const struct editor *editor, const struct caller *caller,
	       int64_t group_id, struct fault *fault)
{
	return decide(editor, caller, undo_work, group_id, 0, fault);
}
