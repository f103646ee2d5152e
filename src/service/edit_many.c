/* edit_many.c - changes of many tracks: hiding albums and artists, bulk edits,
 * merging genres; see edit.h. */
#include "service/edit.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "library/jobs.h"
#include "service/edit_private.h"
#include "service/job.h"
#include "service/scan.h"

#define STEP_TRACKS 500

/* ---- hiding ----------------------------------------------------------------- */

struct hiding {
	const struct caller *caller;
	enum edit_kind kind;
	int64_t id;
	bool hidden;
	int64_t after;  /* tracks up to this id are done */
	size_t changed; /* by the last step */
	bool more;
};

static enum status
hide_step(struct catalogue *catalogue, struct store_session *session,
	  struct hiding *hiding, struct fault *fault)
{
	int64_t ids[STEP_TRACKS];
	size_t count = 1;
	enum status status = STATUS_OK;

	ids[0] = hiding->id;
	if (hiding->kind != EDIT_TRACK)
		status = tracks_of_thing(session, hiding->kind, hiding->id,
					 !hiding->hidden, hiding->after, ids,
					 STEP_TRACKS, &count, fault);
	if (status == STATUS_OK)
		status = tracks_set_hidden(catalogue, ids, count,
					   hiding->hidden, &hiding->changed,
					   fault);
	hiding->more = count == STEP_TRACKS;
	if (status == STATUS_OK && count > 0)
		hiding->after = ids[count - 1];
	return status;
}

/* The first step looks who asks and writes the audit row. */
static enum status
hide_first(struct catalogue *catalogue, struct store_session *session,
	   void *cookie, struct fault *fault)
{
	struct hiding *hiding = cookie;
	json_t *before = NULL;
	enum status status;

	hiding->after = 0;
	status = thing_look(session, hiding->kind, hiding->id, &before, fault);
	if (status == STATUS_OK)
		status = edit_allowed(session, hiding->caller, hiding->kind,
				      hiding->id, fault);
	if (status == STATUS_OK)
		status = hide_step(catalogue, session, hiding, fault);
	if (status == STATUS_OK && hiding->changed > 0)
		status = edit_audit(session, hiding->caller,
				    hiding->hidden ? "delete" : "update",
				    hiding->kind, hiding->id,
				    json_incref(before),
				    json_pack("{s:b}", "hidden",
					      hiding->hidden),
				    fault);
	json_decref(before);
	return status;
}

static enum status
hide_next(struct catalogue *catalogue, struct store_session *session,
	  void *cookie, struct fault *fault)
{
	return hide_step(catalogue, session, cookie, fault);
}

enum status
edit_hide(const struct editor *editor, const struct caller *caller,
	  enum edit_kind kind, int64_t id, bool hidden, struct fault *fault)
{
	struct hiding hiding = { .caller = caller,
				 .kind = kind,
				 .id = id,
				 .hidden = hidden };
	enum status status = edit_write(editor, hide_first, &hiding, fault);

	while (status == STATUS_OK && hiding.more)
		status = edit_write(editor, hide_next, &hiding, fault);
	return status;
}

/* ---- bulk ------------------------------------------------------------------- */

struct bulk {
	const struct caller *caller;
	const char *action;
	const int64_t *ids;
	size_t count;
	int hide;
	const json_t *set, *reset;
	struct edit_outcome *out;
};

static enum status
bulk_one(struct catalogue *catalogue, struct store_session *session,
	 const struct bulk *bulk, int64_t id, json_t *before,
	 struct fault *fault)
{
	const struct edit_change change = { .id = id,
					    .set = bulk->set,
					    .reset = bulk->reset,
					    .by = bulk->caller->user_id };
	json_t *track = NULL, *old;
	enum status status =
		thing_look(session, EDIT_TRACK, id, &track, fault);

	if (status != STATUS_OK)
		return status;
	old = thing_pick(track, bulk->set, bulk->reset);
	json_object_set_new(old, "id", json_integer(id));
	json_array_append_new(before, old);
	json_decref(track);
	if (bulk->hide != 0)
		return tracks_set_hidden(catalogue, &id, 1, bulk->hide > 0,
					 NULL, fault);
	return track_edit(catalogue, &change, fault);
}

static json_t *
bulk_asked(const struct bulk *bulk)
{
	json_t *values = json_pack("{s:s}", "action", bulk->action);
	json_t *ids = json_array();

	for (size_t i = 0; i < bulk->count; i++)
		if (bulk->out[i].status == STATUS_OK)
			json_array_append_new(ids,
					      json_integer(bulk->out[i].id));
	json_object_set_new(values, "ids", ids);
	if (bulk->set != NULL)
		json_object_set(values, "value", (json_t *)bulk->set);
	if (bulk->reset != NULL)
		json_object_set(values, "reset", (json_t *)bulk->reset);
	return values;
}

/* What does not fit one track stops here; what broke ends them all. */
static bool
refused(enum status status)
{
	return status == STATUS_NOT_FOUND || status == STATUS_INVALID ||
	       status == STATUS_CONFLICT;
}

static enum status
bulk_work(struct catalogue *catalogue, struct store_session *session,
	  void *cookie, struct fault *fault)
{
	const struct bulk *bulk = cookie;
	json_t *before = json_array();
	enum status status = STATUS_OK;

	for (size_t i = 0; i < bulk->count && status == STATUS_OK; i++) {
		struct edit_outcome *out = &bulk->out[i];
		struct fault one = { 0 };

		*out = (struct edit_outcome){ .id = bulk->ids[i] };
		out->status = bulk_one(catalogue, session, bulk, out->id,
				       before, &one);
		snprintf(out->reason, sizeof out->reason, "%.*s",
			 (int)sizeof out->reason - 1, one.message);
		if (out->status != STATUS_OK && !refused(out->status)) {
			status = out->status;
			*fault = one;
		}
	}
	if (status != STATUS_OK) {
		json_decref(before);
		return status;
	}
	return edit_audit(session, bulk->caller,
			  bulk->hide > 0 ? "bulk_delete" : "bulk_update",
			  EDIT_TRACK, 0, json_pack("{s:o}", "tracks", before),
			  bulk_asked(bulk), fault);
}

enum status
edit_bulk(const struct editor *editor, const struct caller *caller,
	  const char *action, const int64_t *ids, size_t count, int hide,
	  const json_t *set, const json_t *reset, struct edit_outcome *out,
	  struct fault *fault)
{
	struct bulk bulk = { caller, action, ids, count, hide,
			     set,    reset,  out };

	assert(count <= EDIT_BULK_MAX);
	return edit_write(editor, bulk_work, &bulk, fault);
}

/* ---- genres ----------------------------------------------------------------- */

struct merging {
	const struct caller *caller;
	int64_t id, target, job_id;
	bool more;
};

static enum status
merge_work(struct catalogue *catalogue, struct store_session *session,
	   void *cookie, struct fault *fault)
{
	struct merging *merging = cookie;
	bool back = merging->target < 0;
	json_t *before = NULL;
	char detail[32];
	enum status status = thing_look(session, EDIT_GENRE, merging->id,
					&before, fault);

	if (status != STATUS_OK)
		return status;
	if (back)
		status = genre_unmerge(catalogue, merging->id, fault);
	else
		status = genre_merge(catalogue, merging->id, merging->target,
				     fault);
	snprintf(detail, sizeof detail, "%lld", (long long)merging->id);
	if (status == STATUS_OK)
		status = jobs_add(session, GENRE_JOB, 0, detail,
				  &merging->job_id, fault);
	if (status == STATUS_CONFLICT && merging->job_id != 0)
		status = STATUS_OK; /* one that waits will do it */
	if (status != STATUS_OK) {
		json_decref(before);
		return status;
	}
	return edit_audit(session, merging->caller,
			  merging->target == 0 ? "delete" : "update",
			  EDIT_GENRE, merging->id, before,
			  json_pack("{s:o}", "merged_into",
				    back ? json_null() :
					   json_integer(merging->target)),
			  fault);
}

enum status
edit_merge(const struct editor *editor, const struct caller *caller,
	   int64_t id, int64_t target, int64_t *job_id, struct fault *fault)
{
	struct merging merging = { .caller = caller, .id = id,
				   .target = target };
	enum status status = edit_write(editor, merge_work, &merging, fault);

	if (status == STATUS_OK)
		*job_id = merging.job_id;
	return status;
}

static enum status
move_work(struct catalogue *catalogue, struct store_session *session,
	  void *cookie, struct fault *fault)
{
	struct merging *merging = cookie;

	(void)session;
	return genre_move_step(catalogue, merging->id, STEP_TRACKS,
			       &merging->more, fault);
}

enum status
genre_job_run(struct job *job, void *cookie, struct fault *fault)
{
	const struct scan_services *services = cookie;
	struct editor editor = { .store = services->store };
	struct job_progress progress = { .eta_seconds = -1 };
	struct merging merging = { .more = true };
	enum status status = STATUS_OK;

	if (!span_to_i64(span_of(job_detail(job)), &merging.id))
		return fault_set(fault, STATUS_INVALID,
				 "the job does not say which genre");
	while (status == STATUS_OK && merging.more) {
		if (job_stopping(job))
			return STATUS_CANCELLED;
		status = edit_write(&editor, move_work, &merging, fault);
		progress.done += STEP_TRACKS;
		if (status == STATUS_OK && merging.more)
			status = job_note(job, &progress, fault);
	}
	return status;
}
