/* job.c - long work that is asked for now and done in the background; see
 * job.h.
 *
 * An owner's name tells host, boot, process-id space, process and its start
 * time, so that any process of the same machine can see whether the owner is
 * still there, and a process id used again is not taken for it. */
#include "service/job.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"

#define TICK_MS 2000     /* between looks at the queue */
#define LINES_MAX 256    /* gathered before they are written */
#define RUNNER_THREADS_MAX 16
#define OWNER_BYTES 192

struct job_pending_line {
	char *level, *path, *reason;
};

struct job {
	struct store *store;
	struct arena arena; /* of the row's texts */
	struct job_row row;
	char owner[OWNER_BYTES];
	atomic_bool stop;      /* by job_stop() or the end of the process */
	atomic_bool cancelled; /* asked for through the row */
	atomic_bool lost;      /* somebody else holds the lease */
	struct job_pending_line lines[LINES_MAX];
	size_t line_count;
};

/* ---- owners --------------------------------------------------------------- */

/* The start of a process in ticks since boot: field 22 of /proc/PID/stat. */
static unsigned long long
process_start(long pid)
{
	unsigned long long start = 0;
	struct buffer text;
	char path[64], *at;

	buffer_init(&text, 8192);
	snprintf(path, sizeof path, "/proc/%ld/stat", pid);
	if (file_read(path, 4096, &text, NULL) == STATUS_OK &&
	    text.bytes != NULL && (at = strrchr(text.bytes, ')')) != NULL) {
		for (int field = 2; at != NULL && field < 22; field++)
			at = strchr(at + 1, ' ');
		if (at != NULL)
			start = strtoull(at + 1, NULL, 10);
	}
	buffer_release(&text);
	return start;
}

/* "host/boot/space": where a process id means something. */
static void
machine_name(char out[OWNER_BYTES])
{
	char host[65] = "", boot[16] = "";
	struct stat space = { 0 };
	struct buffer text;

	gethostname(host, sizeof host - 1);
	for (char *at = host; *at != '\0'; at++) {
		if (*at == '/')
			*at = '_';
	}
	buffer_init(&text, 4096);
	if (file_read("/proc/sys/kernel/random/boot_id", 256, &text, NULL) ==
		    STATUS_OK &&
	    text.length >= 8)
		snprintf(boot, sizeof boot, "%.8s", text.bytes);
	buffer_release(&text);
	(void)!stat("/proc/self/ns/pid", &space);
	snprintf(out, OWNER_BYTES, "%s/%s/%llu", host, boot,
		 (unsigned long long)space.st_ino);
}

static void
owner_name(char out[OWNER_BYTES])
{
	static atomic_uint count;
	char machine[OWNER_BYTES];
	long pid = (long)getpid();

	machine_name(machine);
	if (snprintf(out, OWNER_BYTES, "%s/%ld/%llu/%u", machine, pid,
		     process_start(pid), atomic_fetch_add(&count, 1)) >=
	    OWNER_BYTES)
		out[OWNER_BYTES - 1] = '\0';
}

/* True only when the owner was a process of this machine and has ended. */
static bool
owner_dead(const char *owner)
{
	char machine[OWNER_BYTES];
	unsigned long long start;
	size_t length;
	long pid;

	machine_name(machine);
	length = strlen(machine);
	if (strncmp(owner, machine, length) != 0 ||
	    sscanf(owner + length, "/%ld/%llu/", &pid, &start) != 2)
		return false;
	if (kill((pid_t)pid, 0) != 0 && errno == ESRCH)
		return true;
	return process_start(pid) != start;
}

struct revival {
	int64_t revived;
};

static enum status
jobs_revive(struct store_session *session, void *cookie, struct fault *fault)
{
	struct job_filter filter = { .state_given = true,
				     .state = JOB_RUNNING };
	struct page_request page = { .limit = PAGE_LIMIT_MAX };
	struct revival *revival = cookie;
	struct job_list list;
	enum status status;
	struct arena arena;

	revival->revived = 0;
	arena_init(&arena);
	status = jobs_list(session, &filter, &page, &arena, &list, fault);
	for (size_t i = 0; status == STATUS_OK && i < list.count; i++) {
		const struct job_row *row = &list.items[i];

		if (row->owner == NULL || !owner_dead(row->owner))
			continue;
		status = jobs_finish(session, row->id, row->owner, JOB_QUEUED,
				     NULL, fault);
		if (status == STATUS_CONFLICT)
			status = STATUS_OK; /* somebody was faster */
		revival->revived++;
	}
	arena_release(&arena);
	return status;
}

static enum status
dead_count(struct store_session *session, void *cookie, struct fault *fault)
{
	struct job_filter filter = { .state_given = true,
				     .state = JOB_RUNNING };
	struct page_request page = { .limit = PAGE_LIMIT_MAX };
	struct revival *revival = cookie;
	struct job_list list;
	enum status status;
	struct arena arena;

	revival->revived = 0;
	arena_init(&arena);
	status = jobs_list(session, &filter, &page, &arena, &list, fault);
	for (size_t i = 0; status == STATUS_OK && i < list.count; i++)
		revival->revived += list.items[i].owner != NULL &&
				    owner_dead(list.items[i].owner);
	arena_release(&arena);
	return status;
}

enum status
job_revive_dead(struct store *store, struct fault *fault)
{
	struct revival revival;
	enum status status = store_read(store, dead_count, &revival, fault);

	if (status != STATUS_OK || revival.revived == 0)
		return status;
	status = store_write(store, jobs_revive, &revival, fault);
	if (status == STATUS_OK && revival.revived > 0)
		log_info("job", "jobs of ended processes are queued again",
			 LOG_INT("count", revival.revived));
	return status;
}

/* ---- one job -------------------------------------------------------------- */

int64_t
job_id(const struct job *job)
{
	return job->row.id;
}

int64_t
job_source_id(const struct job *job)
{
	return job->row.source_id;
}

const char *
job_detail(const struct job *job)
{
	return job->row.detail == NULL ? "" : job->row.detail;
}

bool
job_stopping(const struct job *job)
{
	return atomic_load(&job->stop) || atomic_load(&job->cancelled) ||
	       atomic_load(&job->lost);
}

void
job_stop(struct job *job)
{
	atomic_store(&job->stop, true);
}

static struct job *
job_new(struct store *store)
{
	struct job *job = mem_new(1, sizeof *job);

	job->store = store;
	arena_init(&job->arena);
	owner_name(job->owner);
	return job;
}

static void
lines_release(struct job *job)
{
	for (size_t i = 0; i < job->line_count; i++) {
		free(job->lines[i].level);
		free(job->lines[i].path);
		free(job->lines[i].reason);
	}
	job->line_count = 0;
}

static void
job_free(struct job *job)
{
	lines_release(job);
	arena_release(&job->arena);
	free(job);
}

struct job_noting {
	struct job *job;
	const struct job_progress *progress;
	bool cancel_asked;
};

static enum status
lines_write(struct job *job, struct store_session *session,
	    struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < job->line_count && status == STATUS_OK; i++)
		status = jobs_log_add(session, job->row.id,
				      job->lines[i].level, job->lines[i].path,
				      job->lines[i].reason, fault);
	return status;
}

static enum status
note_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct job_noting *noting = cookie;
	struct job *job = noting->job;
	enum status status;

	status = jobs_renew(session, job->row.id, job->owner, noting->progress,
			    NULL, &noting->cancel_asked, fault);
	if (status != STATUS_OK)
		return status;
	return lines_write(job, session, fault);
}

enum status
job_note(struct job *job, const struct job_progress *progress,
	 struct fault *fault)
{
	struct job_noting noting = { job, progress, false };
	enum status status = store_write(job->store, note_write, &noting,
					 fault);

	if (status == STATUS_CONFLICT)
		atomic_store(&job->lost, true);
	if (status != STATUS_OK)
		return status;
	lines_release(job);
	if (noting.cancel_asked)
		atomic_store(&job->cancelled, true);
	return STATUS_OK;
}

void
job_log(struct job *job, const char *level, const char *path,
	const char *reason)
{
	struct fault fault;

	if (job->line_count == LINES_MAX &&
	    job_note(job, NULL, &fault) != STATUS_OK) {
		log_warning("job", "lines of a job's log are lost",
			    LOG_INT("job_id", job->row.id),
			    LOG_TEXT("reason", fault.message));
		lines_release(job);
	}
	job->lines[job->line_count++] = (struct job_pending_line){
		.level = mem_copy_text(level),
		.path = path == NULL ? NULL : mem_copy_text(path),
		.reason = mem_copy_text(reason),
	};
}

/* ---- beginning and ending ------------------------------------------------- */

struct job_claiming {
	struct job *job;
	const char *kind;
	int64_t source_id;
	const char *detail;
};

static enum status
begin_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct job_claiming *claiming = cookie;
	struct job *job = claiming->job;
	enum status status;
	int64_t id = 0;

	arena_reset(&job->arena);
	status = jobs_add(session, claiming->kind, claiming->source_id,
			  claiming->detail, &id, fault);
	/* The same was asked for already: that row is as good. */
	if (status != STATUS_OK && (status != STATUS_CONFLICT || id == 0))
		return status;
	return jobs_claim_id(session, id, job->owner, &job->arena, &job->row,
			     fault);
}

enum status
job_begin(struct store *store, const char *kind, int64_t source_id,
	  const char *detail, struct job **out, struct fault *fault)
{
	struct job_claiming claiming = { .kind = kind,
					 .source_id = source_id,
					 .detail = detail };
	enum status status = job_revive_dead(store, fault);

	if (status != STATUS_OK)
		return status;
	claiming.job = job_new(store);
	status = store_write(store, begin_write, &claiming, fault);
	if (status == STATUS_OK)
		*out = claiming.job;
	else
		job_free(claiming.job);
	return status;
}

struct job_ending {
	struct job *job;
	const struct job_progress *progress;
	enum job_state state;
	const char *error;
};

static enum status
end_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct job_ending *ending = cookie;
	struct job *job = ending->job;
	enum status status;
	bool cancel_asked;

	status = jobs_renew(session, job->row.id, job->owner, ending->progress,
			    NULL, &cancel_asked, fault);
	if (status == STATUS_OK)
		status = lines_write(job, session, fault);
	if (status == STATUS_OK)
		status = jobs_finish(session, job->row.id, job->owner,
				     ending->state, ending->error, fault);
	if (status == STATUS_OK)
		status = jobs_trim(session, fault);
	return status;
}

static enum status
job_end_as(struct job *job, enum job_state state, const char *error,
	   const struct job_progress *progress, struct fault *fault)
{
	struct job_ending ending = { job, progress, state, error };
	enum status status = STATUS_OK;

	if (!atomic_load(&job->lost))
		status = store_write(job->store, end_write, &ending, fault);
	job_free(job);
	return status;
}

static enum job_state
state_of(enum status result)
{
	return result == STATUS_OK	  ? JOB_DONE :
	       result == STATUS_CANCELLED ? JOB_CANCELLED :
					    JOB_FAILED;
}

enum status
job_end(struct job *job, enum status result,
	const struct job_progress *progress, struct fault *fault)
{
	enum job_state state = state_of(result);
	struct fault other;
	enum status status;

	status = job_end_as(job, state,
			    state == JOB_FAILED && fault != NULL ?
				    fault->message :
				    NULL,
			    progress, &other);
	if (result != STATUS_OK)
		return result;
	if (status != STATUS_OK && fault != NULL)
		*fault = other;
	return status;
}

/* ---- the runner ----------------------------------------------------------- */

struct job_runner {
	struct job_runner_args args;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t changed;
	bool closing;
	uint64_t wakes;
	struct job *running[RUNNER_THREADS_MAX];
	pthread_t threads[RUNNER_THREADS_MAX];
	uint32_t thread_count;
};

struct runner_thread {
	struct job_runner *runner;
	uint32_t index;
};

static enum status
claim_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct job_claiming *claiming = cookie;

	arena_reset(&claiming->job->arena);
	return jobs_claim(session, claiming->kind, claiming->job->owner,
			  &claiming->job->arena, &claiming->job->row, fault);
}

static enum status
queued_count(struct store_session *session, void *cookie, struct fault *fault)
{
	struct job_claiming *claiming = cookie;
	struct job_filter filter = { .kind = claiming->kind };
	struct page_request page = { .limit = PAGE_LIMIT_MAX };
	int64_t now_ms = clock_now_ms();
	struct job_list list;
	enum status status;
	struct arena arena;

	claiming->source_id = 0;
	arena_init(&arena);
	status = jobs_list(session, &filter, &page, &arena, &list, fault);
	for (size_t i = 0; status == STATUS_OK && i < list.count; i++) {
		const struct job_row *row = &list.items[i];

		claiming->source_id += row->state == JOB_QUEUED ||
				       (row->state == JOB_RUNNING &&
					row->lease_until_ms < now_ms);
	}
	arena_release(&arena);
	return status;
}

/* A look costs a read; only when there is something to claim, a write. */
static struct job *
job_claim(struct job_runner *runner, const struct job_kind **kind)
{
	struct store *store = runner->args.store;

	for (*kind = runner->args.kinds; (*kind)->name != NULL; (*kind)++) {
		struct job_claiming claiming = { .kind = (*kind)->name };

		if (store_read(store, queued_count, &claiming, NULL) !=
			    STATUS_OK ||
		    claiming.source_id == 0)
			continue;
		claiming.job = job_new(store);
		if (store_write(store, claim_write, &claiming, NULL) ==
		    STATUS_OK)
			return claiming.job;
		job_free(claiming.job);
	}
	return NULL;
}

static void
job_run(struct job_runner *runner, uint32_t index, struct job *job,
	const struct job_kind *kind)
{
	struct fault fault = { 0 };
	enum job_state state;
	enum status result;
	bool closing;

	pthread_mutex_lock(&runner->lock);
	runner->running[index] = job;
	if (runner->closing)
		job_stop(job);
	pthread_mutex_unlock(&runner->lock);

	result = kind->run(job, runner->args.cookie, &fault);

	pthread_mutex_lock(&runner->lock);
	runner->running[index] = NULL;
	closing = runner->closing;
	pthread_mutex_unlock(&runner->lock);

	state = state_of(result);
	if (state == JOB_CANCELLED && closing &&
	    !atomic_load(&job->cancelled))
		state = JOB_QUEUED; /* the next start goes on */
	if (state == JOB_FAILED)
		log_warning("job", "job failed",
			    LOG_INT("job_id", job->row.id),
			    LOG_TEXT("kind", kind->name),
			    LOG_TEXT("reason", fault.message));
	if (job_end_as(job, state, state == JOB_FAILED ? fault.message : NULL,
		       NULL, &fault) != STATUS_OK)
		log_warning("job", "the end of a job could not be written",
			    LOG_TEXT("reason", fault.message));
}

static void
runner_sleep(struct job_runner *runner, uint64_t wakes)
{
	int64_t end_ms = clock_now_ms() + TICK_MS;
	struct timespec end = { .tv_sec = end_ms / 1000,
				.tv_nsec = end_ms % 1000 * 1000000 };

	pthread_mutex_lock(&runner->lock);
	while (!runner->closing && runner->wakes == wakes &&
	       pthread_cond_timedwait(&runner->changed, &runner->lock, &end) ==
		       0)
		;
	pthread_mutex_unlock(&runner->lock);
}

static void *
runner_run(void *cookie)
{
	struct runner_thread *thread = cookie;
	struct job_runner *runner = thread->runner;
	uint32_t index = thread->index;

	free(thread);
	for (;;) {
		const struct job_kind *kind;
		uint64_t wakes;
		struct job *job;
		bool closing;

		pthread_mutex_lock(&runner->lock);
		closing = runner->closing;
		wakes = runner->wakes;
		pthread_mutex_unlock(&runner->lock);
		if (closing)
			return NULL;
		job = job_claim(runner, &kind);
		if (job != NULL)
			job_run(runner, index, job, kind);
		else
			runner_sleep(runner, wakes);
	}
}

enum status
job_runner_open(const struct job_runner_args *args, struct job_runner **out,
		struct fault *fault)
{
	uint32_t threads = args->threads == 0 ? 1 : args->threads;
	enum status status = job_revive_dead(args->store, fault);
	struct job_runner *runner;

	if (status != STATUS_OK)
		return status;
	runner = mem_new(1, sizeof *runner);
	runner->args = *args;
	pthread_mutex_init(&runner->lock, NULL);
	pthread_cond_init(&runner->changed, NULL);
	for (uint32_t i = 0; i < threads && i < RUNNER_THREADS_MAX; i++) {
		struct runner_thread *thread = mem_new(1, sizeof *thread);

		*thread = (struct runner_thread){ runner, i };
		if (pthread_create(&runner->threads[i], NULL, runner_run,
				   thread) != 0) {
			free(thread);
			job_runner_close(runner);
			return fault_set(fault, STATUS_FAILED,
					 "cannot start a thread for jobs");
		}
		runner->thread_count++;
	}
	*out = runner;
	return STATUS_OK;
}

void
job_runner_close(struct job_runner *runner)
{
	if (runner == NULL)
		return;
	pthread_mutex_lock(&runner->lock);
	runner->closing = true;
	for (uint32_t i = 0; i < RUNNER_THREADS_MAX; i++) {
		if (runner->running[i] != NULL)
			job_stop(runner->running[i]);
	}
	pthread_cond_broadcast(&runner->changed);
	pthread_mutex_unlock(&runner->lock);
	for (uint32_t i = 0; i < runner->thread_count; i++)
		pthread_join(runner->threads[i], NULL);
	pthread_cond_destroy(&runner->changed);
	pthread_mutex_destroy(&runner->lock);
	free(runner);
}

void
job_runner_wake(struct job_runner *runner)
{
	pthread_mutex_lock(&runner->lock);
	runner->wakes++;
	pthread_cond_broadcast(&runner->changed);
	pthread_mutex_unlock(&runner->lock);
}
