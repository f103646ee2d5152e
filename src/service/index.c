/* index.c - keeps the search index in step with the library; see index.h.
 *
 * Invariants: updates of one process are made one at a time, under `lock`;
 * `seen_version` is a store_version() from before an outbox reading that found
 * nothing left, and `seen_generation` the index's then, so while both still say
 * the same there is nothing to do; the second changes when another process
 * built the index anew from an older state of the library. When `rebuild_needed` is set, the index
 * answers from what it has until the thread (or a call without budget) has
 * built it anew. */
#include "service/index.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/log.h"
#include "base/memory.h"
#include "library/documents.h"
#include "library/outbox.h"

#define BATCH_ROWS 256
#define QUERY_BUDGET_MS 30
#define POLL_MS 250
#define RETRY_MS 2000
#define REBUILD_BATCH 500

static struct metric query_seconds = METRIC_HISTOGRAM(
	"ogma_search_duration_seconds", "Time the index took for a query.",
	"engine");
static struct metric updated_total = METRIC_COUNTER(
	"ogma_search_updates_total", "Documents given to the search index.");
static struct metric documents_count_now =
	METRIC_GAUGE("ogma_search_documents", "Documents in the search index.",
		     "kind");
static struct metric lag_seconds = METRIC_GAUGE(
	"ogma_indexer_lag_seconds",
	"How long the search index has been behind the library; 0: it is not.");

struct index_service {
	struct index_args args;
	struct search_index *index;
	pthread_mutex_t lock; /* one update at a time */
	_Atomic uint64_t seen_version, seen_generation;
	atomic_bool rebuild_needed;

	pthread_t thread;
	bool has_thread;
	pthread_mutex_t wake_lock; /* of the next two */
	pthread_cond_t wake;
	bool woken, ending;
	struct metric_cell *query_cell, *updated_cell;
};

static struct timespec
deadline_in(int64_t ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += ms / 1000;
	at.tv_nsec += ms % 1000 * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}

/* ---- from the outbox to the index ---------------------------------------- */

struct batch {
	struct arena arena;
	int64_t after_seq;
	struct outbox_row rows[BATCH_ROWS];
	size_t count;
	struct search_document documents[BATCH_ROWS];
	size_t document_count;
	uint64_t generation; /* of the index when its state was read */
};

/* The documents of one kind that the batch names, each once. */
static enum status
batch_load_kind(struct store_session *session, struct batch *batch,
		enum search_kind kind, struct fault *fault)
{
	int64_t ids[BATCH_ROWS];
	size_t count = 0;
	enum status status;

	for (size_t i = 0; i < batch->count; i++) {
		size_t k = 0;

		if (batch->rows[i].kind != kind)
			continue;
		while (k < count && ids[k] != batch->rows[i].id)
			k++;
		if (k == count)
			ids[count++] = batch->rows[i].id;
	}
	if (count == 0)
		return STATUS_OK;
	status = documents_load(session, kind, ids, count, &batch->arena,
				batch->documents + batch->document_count,
				fault);
	if (status == STATUS_OK)
		batch->document_count += count;
	return status;
}

static enum status
batch_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct batch *batch = cookie;
	enum status status;

	arena_reset(&batch->arena);
	batch->count = batch->document_count = 0;
	status = outbox_read(session, batch->after_seq, batch->rows,
			     BATCH_ROWS, &batch->count, fault);
	for (int kind = 0; kind < SEARCH_KINDS && status == STATUS_OK; kind++)
		status = batch_load_kind(session, batch,
					 (enum search_kind)kind, fault);
	return status;
}

/* One batch; *more says whether to come again. */
static enum status
batch_carry(struct index_service *index, struct batch *batch, bool *more,
	    struct fault *fault)
{
	struct search_state state;
	enum status status = search_get_state(index->index, &state, fault);

	if (status != STATUS_OK)
		return status;
	batch->after_seq = (int64_t)state.watermark;
	batch->generation = state.generation;
	status = store_read(index->args.store, batch_read, batch, fault);
	if (status != STATUS_OK)
		return status;
	*more = batch->count == BATCH_ROWS;
	if (batch->count == 0)
		return STATUS_OK;
	status = search_update(index->index, batch->documents,
			       batch->document_count, state.watermark,
			       (uint64_t)batch->rows[batch->count - 1].seq,
			       fault);
	if (status == STATUS_CONFLICT) { /* another process built it anew */
		*more = true;
		return STATUS_OK;
	}
	if (status == STATUS_OK)
		counter_add(index->updated_cell,
			    (double)batch->document_count);
	return status;
}

/* The outbox no longer holds what we miss, or the index is broken. */
static void
note_failure(struct index_service *index, enum status status,
	     const struct fault *fault)
{
	if (status != STATUS_CORRUPT && status != STATUS_OUT_OF_RANGE)
		return;
	if (!atomic_exchange(&index->rebuild_needed, true))
		log_warning("search", "the index is to be built anew",
			    LOG_TEXT("reason", fault->message));
	index_wake(index);
}

static enum status
carry_locked(struct index_service *index, uint32_t budget_ms,
	     struct fault *fault)
{
	int64_t until_ms = clock_monotonic_ms() + budget_ms;
	uint64_t version = store_version(index->args.store);
	struct batch *batch = mem_new(1, sizeof *batch);
	uint64_t generation;
	enum status status;
	bool more = true;

	arena_init(&batch->arena);
	do {
		status = batch_carry(index, batch, &more, fault);
	} while (status == STATUS_OK && more &&
		 (budget_ms == 0 || clock_monotonic_ms() < until_ms));
	arena_release(&batch->arena);
	generation = batch->generation;
	free(batch);
	if (status == STATUS_OK && more)
		return fault_field(fault, STATUS_AGAIN_LATER, "search",
				   "the index is still taking in changes");
	if (status != STATUS_OK) {
		note_failure(index, status, fault);
		return status;
	}
	atomic_store(&index->seen_generation, generation);
	atomic_store(&index->seen_version, version);
	return STATUS_OK;
}

static bool
in_step(struct index_service *index)
{
	uint64_t version = store_version(index->args.store);
	struct search_state state;

	return version != 0 && version == atomic_load(&index->seen_version) &&
	       search_get_state(index->index, &state, NULL) == STATUS_OK &&
	       state.generation == atomic_load(&index->seen_generation);
}

/* Waits for its turn, at most budget_ms (0: for ever). Tries and sleeps, and
 * not pthread_mutex_clocklock(), which ThreadSanitizer of GCC 12 does not
 * know. */
static bool
turn_take(struct index_service *index, uint32_t budget_ms)
{
	const struct timespec nap = { .tv_nsec = 500000 };
	int64_t until_ms = clock_monotonic_ms() + budget_ms;

	if (budget_ms == 0)
		return pthread_mutex_lock(&index->lock) == 0;
	while (pthread_mutex_trylock(&index->lock) != 0) {
		if (clock_monotonic_ms() >= until_ms)
			return false;
		nanosleep(&nap, NULL);
	}
	return true;
}

enum status
index_catch_up(struct index_service *index, uint32_t budget_ms,
	       struct fault *fault)
{
	enum status status;

	if (atomic_load(&index->rebuild_needed)) {
		if (budget_ms == 0 && !index->has_thread)
			return index_rebuild(index, NULL, NULL, fault);
		return fault_field(fault, STATUS_AGAIN_LATER, "search",
				   "the index is being built anew");
	}
	if (in_step(index))
		return STATUS_OK;
	if (!turn_take(index, budget_ms))
		return fault_field(fault, STATUS_AGAIN_LATER, "search",
				   "the index is still taking in changes");
	status = carry_locked(index, budget_ms, fault);
	pthread_mutex_unlock(&index->lock);
	return status;
}

static bool
is_ending(struct index_service *index)
{
	bool ending;

	pthread_mutex_lock(&index->wake_lock);
	ending = index->ending;
	pthread_mutex_unlock(&index->wake_lock);
	return ending;
}

static void
documents_gauge(struct index_service *index)
{
	static const char *const kinds[] = { "track", "album", "artist",
					     "playlist" };
	struct search_state state;

	if (search_get_state(index->index, &state, NULL) != STATUS_OK)
		return;
	for (int kind = 0; kind < SEARCH_KINDS; kind++)
		gauge_set(metric_cell(&documents_count_now, kinds[kind]),
			  (double)state.documents[kind]);
}

/* ---- building anew ------------------------------------------------------- */

struct rebuild_work {
	struct index_service *index;
	struct search_rebuild *rebuild;
	struct arena arena;
	struct search_document documents[REBUILD_BATCH];
	size_t count;
	uint64_t done, total;
	int64_t watermark;
	index_progress *progress;
	void *progress_cookie;
};

static enum status
rebuild_flush(struct rebuild_work *work, struct fault *fault)
{
	enum status status = search_rebuild_add(work->rebuild, work->documents,
						work->count, fault);

	work->done += work->count;
	work->count = 0;
	arena_reset(&work->arena);
	if (work->progress != NULL)
		work->progress(work->progress_cookie, work->done,
			       work->total);
	return status;
}

static enum status
rebuild_visit(void *cookie, const struct search_document *document,
	      struct fault *fault)
{
	struct rebuild_work *work = cookie;
	struct search_document *copy = &work->documents[work->count++];

	*copy = *document;
	copy->title = arena_copy_text(&work->arena, document->title);
	copy->artist = arena_copy_text(&work->arena, document->artist);
	copy->album = arena_copy_text(&work->arena, document->album);
	copy->genre = arena_copy_text(&work->arena, document->genre);
	if (is_ending(work->index))
		return fault_set(fault, STATUS_CANCELLED, "ending");
	return work->count == REBUILD_BATCH ? rebuild_flush(work, fault) :
					      STATUS_OK;
}

/* Runs on one snapshot, so that the outbox number fits the documents. */
static enum status
rebuild_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct rebuild_work *work = cookie;
	enum status status = outbox_newest(session, &work->watermark, fault);

	for (int kind = 0; kind < SEARCH_KINDS && status == STATUS_OK;
	     kind++) {
		int64_t count = 0;

		status = documents_count(session, (enum search_kind)kind,
					 &count, fault);
		work->total += (uint64_t)count;
	}
	for (int kind = 0; kind < SEARCH_KINDS && status == STATUS_OK; kind++)
		status = documents_each(session, (enum search_kind)kind,
					rebuild_visit, work, fault);
	if (status == STATUS_OK && work->count > 0)
		status = rebuild_flush(work, fault);
	return status;
}

static enum status
rebuild_run(struct index_service *index, struct rebuild_work *work,
	    struct fault *fault)
{
	enum status status =
		search_rebuild_begin(index->index, &work->rebuild, fault);

	if (status == STATUS_CORRUPT) {
		status = search_reset(index->index, fault);
		if (status == STATUS_OK)
			status = search_rebuild_begin(index->index,
						      &work->rebuild, fault);
	}
	if (status != STATUS_OK)
		return status;
	status = store_read(index->args.store, rebuild_read, work, fault);
	if (status == STATUS_OK)
		return search_rebuild_commit(work->rebuild,
					     (uint64_t)work->watermark, fault);
	search_rebuild_abort(work->rebuild);
	return status;
}

enum status
index_rebuild(struct index_service *index, index_progress *progress,
	      void *cookie, struct fault *fault)
{
	int64_t start_ms = clock_monotonic_ms();
	struct rebuild_work *work = mem_new(1, sizeof *work);
	enum status status;

	work->index = index;
	work->progress = progress;
	work->progress_cookie = cookie;
	arena_init(&work->arena);
	/* Without the lock: changes go on into the old index, and one that
	 * crosses the swap is told so by the driver and carried again. */
	status = rebuild_run(index, work, fault);
	if (status == STATUS_OK) {
		atomic_store(&index->rebuild_needed, false);
		atomic_store(&index->seen_version, 0);
	}
	if (status == STATUS_OK) {
		documents_gauge(index);
		log_info("search", "index built",
			 LOG_INT("documents", work->done),
			 LOG_INT("took_ms", clock_monotonic_ms() - start_ms));
	}
	arena_release(&work->arena);
	free(work);
	return status;
}

/* ---- the thread ---------------------------------------------------------- */

/* Keeps the outbox bounded; other nodes with an index of their own may still
 * read what is within the bound. */
static enum status
outbox_bound(struct store_session *session, void *cookie, struct fault *fault)
{
	int64_t newest = 0;
	enum status status = outbox_newest(session, &newest, fault);

	(void)cookie;
	if (status != STATUS_OK || newest <= OUTBOX_KEEP_ROWS)
		return status;
	return outbox_trim(session, newest - OUTBOX_KEEP_ROWS, fault);
}

/* Sleeps for at most `ms`; true: woken early. */
static bool
thread_sleep(struct index_service *index, int64_t ms)
{
	struct timespec deadline = deadline_in(ms);
	bool woken;

	pthread_mutex_lock(&index->wake_lock);
	while (!index->woken && !index->ending &&
	       pthread_cond_timedwait(&index->wake, &index->wake_lock,
				      &deadline) != ETIMEDOUT)
		;
	woken = index->woken;
	index->woken = false;
	pthread_mutex_unlock(&index->wake_lock);
	return woken;
}

static enum status
thread_step(struct index_service *index, struct fault *fault)
{
	enum status status;

	if (atomic_load(&index->rebuild_needed))
		return index_rebuild(index, NULL, NULL, fault);
	if (in_step(index))
		return search_tidy(index->index, fault);
	status = index_catch_up(index, 0, fault);
	documents_gauge(index);
	if (status == STATUS_OK)
		status = store_write(index->args.store, outbox_bound, NULL,
				     fault);
	return status;
}

static void
lag_gauge(bool caught_up, int64_t *behind_since_ms)
{
	int64_t now = clock_monotonic_ms();

	if (caught_up)
		*behind_since_ms = 0;
	else if (*behind_since_ms == 0)
		*behind_since_ms = now;
	gauge_set(metric_cell(&lag_seconds),
		  caught_up ? 0 : (double)(now - *behind_since_ms) / 1000);
}

static void *
thread_run(void *cookie)
{
	struct index_service *index = cookie;
	int64_t behind_since_ms = 0;
	bool complained = false;

	gauge_set(metric_cell(&lag_seconds), 0);
	while (!is_ending(index)) {
		struct fault fault = { 0 };
		enum status status = thread_step(index, &fault);
		bool failed = status != STATUS_OK &&
			      status != STATUS_AGAIN_LATER &&
			      status != STATUS_CANCELLED;

		if (failed && !complained)
			log_warning("search", "cannot follow the library",
				    LOG_TEXT("reason", fault.message));
		complained = failed;
		lag_gauge(status == STATUS_OK, &behind_since_ms);
		thread_sleep(index, failed ? RETRY_MS : POLL_MS);
	}
	return NULL;
}

void
index_wake(struct index_service *index)
{
	pthread_mutex_lock(&index->wake_lock);
	index->woken = true;
	pthread_cond_signal(&index->wake);
	pthread_mutex_unlock(&index->wake_lock);
}

/* ---- opening ------------------------------------------------------------- */

static enum status
thread_start(struct index_service *index, struct fault *fault)
{
	if (pthread_create(&index->thread, NULL, thread_run, index) != 0)
		return fault_set(fault, STATUS_FAILED,
				 "cannot start the index thread");
	index->has_thread = true;
	return STATUS_OK;
}

enum status
index_open(const struct index_args *args, struct index_service **out,
	   struct fault *fault)
{
	struct index_service *index = mem_new(1, sizeof *index);
	struct search_open_args open = { .folder = args->folder };
	struct search_state state = { 0 };
	pthread_condattr_t monotonic;
	enum status status;

	index->args = *args;
	pthread_mutex_init(&index->lock, NULL);
	pthread_mutex_init(&index->wake_lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&index->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	index->query_cell = metric_cell(&query_seconds, args->driver->name);
	index->updated_cell = metric_cell(&updated_total);
	status = search_open(args->driver, &open, &index->index, fault);
	if (status == STATUS_OK)
		status = search_get_state(index->index, &state, fault);
	if (status == STATUS_OK) {
		atomic_store(&index->rebuild_needed, state.is_new);
		if (args->follow)
			status = thread_start(index, fault);
	}
	if (status != STATUS_OK) {
		index_close(index);
		return status;
	}
	*out = index;
	return STATUS_OK;
}

void
index_close(struct index_service *index)
{
	if (index == NULL)
		return;
	pthread_mutex_lock(&index->wake_lock);
	index->ending = true;
	pthread_cond_signal(&index->wake);
	pthread_mutex_unlock(&index->wake_lock);
	if (index->has_thread)
		pthread_join(index->thread, NULL);
	search_close(index->index);
	pthread_cond_destroy(&index->wake);
	pthread_mutex_destroy(&index->wake_lock);
	pthread_mutex_destroy(&index->lock);
	free(index);
}

/* ---- asking -------------------------------------------------------------- */

/* What cannot be taken in now is taken in by a later query: an answer from a
 * moment ago beats none. */
static void
refresh(struct index_service *index)
{
	struct fault fault = { 0 };

	index_catch_up(index, QUERY_BUDGET_MS, &fault);
}

static enum status
answer_status(struct index_service *index, enum status status,
	      struct fault *fault)
{
	if (status != STATUS_CORRUPT)
		return status;
	note_failure(index, status, fault);
	return fault_field(fault, STATUS_UNAVAILABLE, "search",
			   "the search index is being built anew");
}

enum status
index_query(struct index_service *index, struct arena *arena,
	    const struct search_query *query, struct search_answer *out,
	    struct fault *fault)
{
	enum status status;

	refresh(index);
	status = search_run(index->index, arena, query, out, fault);
	if (status == STATUS_OK)
		histogram_observe(index->query_cell, out->took_ms / 1000);
	return answer_status(index, status, fault);
}

enum status
index_suggest(struct index_service *index, struct arena *arena,
	      const char *text, uint32_t limit,
	      struct search_suggestions *out, struct fault *fault)
{
	enum status status;

	refresh(index);
	status = search_suggest(index->index, arena, text, limit, out, fault);
	if (status == STATUS_OK)
		histogram_observe(index->query_cell,
				  out->answer.took_ms / 1000);
	return answer_status(index, status, fault);
}

const char *
index_engine(const struct index_service *index)
{
	return index->args.driver->name;
}

enum status
index_get_state(struct index_service *index, struct search_state *out,
		struct fault *fault)
{
	return search_get_state(index->index, out, fault);
}

enum status
index_ping(struct index_service *index, struct fault *fault)
{
	struct search_state state;

	return index_get_state(index, &state, fault);
}
