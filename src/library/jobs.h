/* jobs.h - long work as rows: queued, claimed with a lease, followed.
 *
 * A job is run by the one process that holds its lease. Whoever runs it writes
 * progress at least every lease/3; when the lease runs out, another process
 * may claim the job and goes on from its checkpoint.
 *
 * A job that failed may be queued again for a later try (jobs_put_back); one
 * that failed too often is dead: it stays until somebody asks for it again.
 * Tables: etl_jobs, etl_job_log.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_JOBS_H
#define OGMA_LIBRARY_JOBS_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"
#include "library/page.h"

#define JOBS_LEASE_MS 60000
#define JOBS_KEEP 1000         /* ended ones of a kind; older are forgotten */
#define JOB_LOG_KEEP 100000    /* lines of one job; more are dropped */

enum job_state { JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_FAILED,
		 JOB_CANCELLED, JOB_DEAD };
#define JOB_STATES (JOB_DEAD + 1)
const char *job_state_name(enum job_state state);

struct job_progress {
	int64_t done, total;
	double rate;         /* things per second */
	int64_t eta_seconds; /* -1: unknown */
	int64_t added, updated, moved, removed, restored, unchanged, rejected;
};

struct job_row {
	int64_t id;
	const char *kind;
	int64_t source_id; /* 0: none */
	const char *detail; /* what the asker wants, the kind's own text; "" */
	enum job_state state;
	bool cancel_asked;
	struct job_progress progress;
	const char *checkpoint; /* JSON of the job's own; NULL: none */
	const char *error;      /* why it failed; NULL: it did not */
	const char *owner;      /* who holds the lease; NULL: nobody */
	int64_t lease_until_ms;
	int64_t created_at_ms, started_at_ms, finished_at_ms; /* 0: not yet */
	const char *step; /* where in its work it is; "": it has no steps */
	int64_t attempts; /* how often it was begun */
	int64_t next_try_at_ms; /* queued: not before; 0: now */
	int64_t requested_by;   /* a user; 0: nobody, the server itself */
	int64_t parent_id;      /* the job it is a part of; 0: none */
};

struct job_ask {
	const char *kind;
	int64_t source_id;
	const char *detail; /* NULL: "" */
	int64_t requested_by, parent_id;
	bool shared; /* several of its kind and source may run at once */
};

/* Belongs to the caller's transaction. STATUS_CONFLICT, with *id of the other,
 * when a job of the same kind and source and detail is queued (it is brought
 * forward when it waits for its next try). Two askers at once are kept apart
 * only when each locked etl_jobs first, as jobs_add() does. */
enum status jobs_ask(struct store_session *session, const struct job_ask *ask,
		     int64_t *id, struct fault *fault);

/* The same for a job without more to it; first in its transaction. */
enum status jobs_add(struct store_session *session, const char *kind,
		     int64_t source_id, const char *detail, int64_t *id,
		     struct fault *fault);

/* Takes the oldest queued job of `kind` whose time has come, or one whose lease
 * ran out, unless another job of its kind and source is running. `owner` names the
 * process. STATUS_NOT_FOUND: nothing to do. */
enum status jobs_claim(struct store_session *session, const char *kind,
		       const char *owner, struct arena *arena,
		       struct job_row *out, struct fault *fault);

/* The same for one job by id. STATUS_CONFLICT: somebody runs it, or another of
 * its kind and source. */
enum status jobs_claim_id(struct store_session *session, int64_t id,
			  const char *owner, struct arena *arena,
			  struct job_row *out, struct fault *fault);

/* Writes progress (may be NULL) and checkpoint (NULL: as before), renews the
 * lease, and tells whether somebody asked to cancel. STATUS_CONFLICT when the
 * lease was lost: stop at once. */
enum status jobs_renew(struct store_session *session, int64_t id,
		       const char *owner, const struct job_progress *progress,
		       const char *checkpoint, bool *cancel_asked,
		       struct fault *fault);

/* Is it still ours, and did somebody ask to cancel it? A read only. */
enum status jobs_hold(struct store_session *session, int64_t id,
		      const char *owner, bool *held, bool *cancel_asked,
		      struct fault *fault);

enum status jobs_set_step(struct store_session *session, int64_t id,
			  const char *owner, const char *step,
			  struct fault *fault);

/* Queues a running job again. STATUS_CONFLICT when the lease was lost. */
struct job_again {
	const char *error;      /* why; NULL: as before */
	int64_t next_try_at_ms; /* 0: at once */
	bool uncounted; /* the try does not count: the process just ended */
};
enum status jobs_put_back(struct store_session *session, int64_t id,
			  const char *owner, const struct job_again *again,
			  struct fault *fault);

/* JOB_DONE, JOB_FAILED or JOB_DEAD (with its error), JOB_CANCELLED.
 * STATUS_CONFLICT when the lease was lost. */
enum status jobs_finish(struct store_session *session, int64_t id,
			const char *owner, enum job_state state,
			const char *error, struct fault *fault);

/* A queued job is cancelled at once, a running one asked to; its parts with
 * it. STATUS_CONFLICT when it is over. */
enum status jobs_cancel(struct store_session *session, int64_t id,
			struct fault *fault);

/* Queues a failed, dead or cancelled job again, from its checkpoint.
 * STATUS_CONFLICT otherwise. */
enum status jobs_retry(struct store_session *session, int64_t id,
		       struct fault *fault);

/* The same for all dead ones of a kind (NULL: of any). */
enum status jobs_retry_dead(struct store_session *session, const char *kind,
			    int64_t *count, struct fault *fault);

/* Is there one of the kind that could be claimed? A read only. */
enum status jobs_due(struct store_session *session, const char *kind,
		     bool *out, struct fault *fault);

enum status jobs_get(struct store_session *session, int64_t id,
		     struct arena *arena, struct job_row *out,
		     struct fault *fault);

struct job_filter {
	const char *kind;  /* NULL: any */
	int64_t source_id; /* 0: any */
	bool state_given;
	enum job_state state;
	int64_t parent_id; /* 0: any */
};

struct job_list {
	struct job_row *items;
	size_t count;
	struct page_info page;
};

/* Newest first. */
enum status jobs_list(struct store_session *session,
		      const struct job_filter *filter,
		      const struct page_request *page, struct arena *arena,
		      struct job_list *out, struct fault *fault);

struct job_line {
	int64_t id;
	int64_t at_ms;
	const char *level;  /* "info", "warning", "error" */
	const char *path;   /* text for people; NULL: none */
	const char *reason;
};

struct job_line_list {
	struct job_line *items;
	size_t count;
	struct page_info page;
};

/* Past JOB_LOG_KEEP lines of one job it does nothing. */
enum status jobs_log_add(struct store_session *session, int64_t id,
			 const char *level, const char *path,
			 const char *reason, struct fault *fault);

/* In the order they were written. STATUS_NOT_FOUND: no such job. */
enum status jobs_log_list(struct store_session *session, int64_t id,
			  const struct page_request *page,
			  struct arena *arena, struct job_line_list *out,
			  struct fault *fault);

/* Forgets ended jobs of a kind past JOBS_KEEP, with their lines. */
enum status jobs_trim(struct store_session *session, const char *kind,
		      struct fault *fault);

/* The parts of a job: how many are in which state, and their sums. */
struct job_family {
	int64_t counts[JOB_STATES];
	struct job_progress progress;
};
enum status jobs_of_parent(struct store_session *session, int64_t parent_id,
			   struct job_family *out, struct fault *fault);

enum status jobs_count(struct store_session *session,
		       int64_t counts[JOB_STATES], struct fault *fault);

/* True while a job of this kind holds a live lease. */
enum status jobs_running(struct store_session *session, const char *kind,
			 bool *out, struct fault *fault);

#endif /* OGMA_LIBRARY_JOBS_H */
