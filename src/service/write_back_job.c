/* write_back_job.c - many tracks, by a job; see write_back.h. */
#include "service/write_back_private.h"

#include <stdio.h>
#include <string.h>

struct asking {
	const struct caller *caller;
	const char *detail;
	int64_t job_id;
};

static enum status
ask_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct asking *asking = cookie;
	const struct job_ask ask = {
		.kind = WRITE_TAGS_JOB, .detail = asking->detail,
		.requested_by = asking->caller->user_id,
	};
	enum status status = sql_lock(session, "etl_jobs", fault);

	if (status == STATUS_OK)
		status = jobs_ask(session, &ask, &asking->job_id, fault);
	return status == STATUS_CONFLICT && asking->job_id != 0 ? STATUS_OK :
								  status;
}

enum status
write_back_ask(struct write_back *back, const struct caller *caller,
	       const int64_t *tracks, size_t count, int64_t *job_id,
	       struct fault *fault)
{
	struct asking asking = { .caller = caller };
	struct buffer detail;
	enum status status;

	if (!back->args.settings->enabled)
		return fault_set(fault, STATUS_CONFLICT,
				 "the operator does not allow it "
				 "(TAG_WRITE_BACK)");
	buffer_init(&detail, 0);
	for (size_t i = 0; i < count; i++)
		buffer_print(&detail, "%s%lld", i == 0 ? "" : ",",
			     (long long)tracks[i]);
	asking.detail = detail.bytes;
	status = store_write(back->args.store, ask_work, &asking, fault);
	*job_id = asking.job_id;
	buffer_release(&detail);
	return status;
}

static size_t
ids_count(const char *detail)
{
	size_t count = 1;

	for (; *detail != '\0'; detail++)
		count += *detail == ',';
	return count;
}

/* A track that cannot be written is told in the log; what broke ends the job. */
static enum status
job_write(struct job *job, struct write_back *back, int64_t track_id,
	  struct job_progress *progress, struct fault *fault)
{
	const struct caller caller = { .user_id = job_requested_by(job),
				       .role = USER_ROLE_ADMIN };
	int64_t id = 0;
	char name[40];
	enum status status = write_back_track(back, &caller, track_id, &id,
					      fault);

	progress->done++;
	if (status == STATUS_OK && id != 0)
		progress->updated++;
	else if (status == STATUS_OK)
		progress->unchanged++;
	if (status != STATUS_CONFLICT && status != STATUS_NOT_FOUND)
		return status;
	progress->rejected++;
	snprintf(name, sizeof name, "track %lld", (long long)track_id);
	job_log(job, "warning", name, fault->message);
	return STATUS_OK;
}

static enum status
write_tags_run(struct job *job, void *cookie, struct fault *fault)
{
	struct span rest = span_of(job_detail(job)), part;
	struct job_progress progress = { .eta_seconds = -1 };
	struct write_back *back = cookie;
	enum status status = STATUS_OK;
	int64_t id;

	progress.total = (int64_t)ids_count(job_detail(job));
	while (status == STATUS_OK && span_next(&rest, ',', &part)) {
		if (job_stopping(job))
			return STATUS_CANCELLED;
		if (!span_to_i64(part, &id))
			return fault_set(fault, STATUS_INVALID,
					 "the job does not say which tracks");
		status = job_write(job, back, id, &progress, fault);
		if (status == STATUS_OK)
			status = job_note(job, &progress, fault);
	}
	return status;
}

const struct job_kind write_back_kinds[] = {
	{ .name = WRITE_TAGS_JOB,
	  .summary = "Writes the tags of edited tracks into their files.",
	  .attempts = 3, .run = write_tags_run },
	{ 0 },
};
