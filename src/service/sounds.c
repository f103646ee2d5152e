/* sounds.c - see sounds.h. */
#include "service/sounds.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/log.h"
#include "base/memory.h"
#include "library/track_sounds.h"
#include "service/nearest.h"

#define PAGE 5000
#define MAKE_AT_ONCE 500
#define LOOK_MS 1000
#define AGAIN_MS 5000 /* after a failure */

static struct metric points_now = METRIC_GAUGE(
	"ogma_sound_points", "Tracks whose sound is in memory.", NULL);

struct sounds {
	struct store *store;
	pthread_rwlock_t lock; /* of what is read: nearest */
	struct nearest *nearest;

	pthread_mutex_t turn; /* of who changes it */
	int64_t newest_ms;    /* of the points taken in */
	uint64_t version;     /* of the store, before they were read */
	int64_t anew_at_ms;   /* monotonic; 0: at once */
	bool made;	      /* no row is missing any more */

	pthread_mutex_t wake_lock;
	pthread_cond_t wake;
	bool ending;
	pthread_t thread;
	bool has_thread;
};

/* ---- reading the store ---------------------------------------------------- */

struct reading {
	struct arena arena;
	int64_t made_at_ms, after_id;
	bool by_time;
	struct track_sound *found;
	size_t count;
};

static enum status
reading_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct reading *reading = cookie;

	arena_reset(&reading->arena);
	return reading->by_time ?
		       track_sounds_since(session, reading->made_at_ms,
					  reading->after_id, PAGE,
					  &reading->arena, &reading->found,
					  &reading->count, fault) :
		       track_sounds_page(session, reading->after_id, PAGE,
					 &reading->arena, &reading->found,
					 &reading->count, fault);
}

static bool
is_ending(struct sounds *sounds)
{
	bool ending;

	pthread_mutex_lock(&sounds->wake_lock);
	ending = sounds->ending;
	pthread_mutex_unlock(&sounds->wake_lock);
	return ending;
}

/* Puts what one reading after the other finds, under the lock where it is
 * shared. *newest_ms only grows. */
static enum status
points_take(struct sounds *sounds, struct reading *reading,
	    struct nearest *nearest, pthread_rwlock_t *lock, int64_t *newest_ms,
	    struct fault *fault)
{
	enum status status;

	do {
		status = store_read(sounds->store, reading_run, reading, fault);
		if (status != STATUS_OK || reading->count == 0)
			return status;
		if (lock != NULL)
			pthread_rwlock_wrlock(lock);
		for (size_t i = 0; i < reading->count; i++) {
			const struct track_sound *sound = &reading->found[i];

			nearest_put(nearest, sound->track_id, sound->codes);
			if (sound->made_at_ms > *newest_ms)
				*newest_ms = sound->made_at_ms;
		}
		if (lock != NULL)
			pthread_rwlock_unlock(lock);
		reading->after_id = reading->found[reading->count - 1].track_id;
		reading->made_at_ms =
			reading->found[reading->count - 1].made_at_ms;
	} while (reading->count == PAGE && !is_ending(sounds));
	return STATUS_OK;
}

/* ---- keeping up ----------------------------------------------------------- */

struct making {
	int64_t after_id;
	bool more;
};

static enum status
making_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct making *making = cookie;

	return track_sounds_make(session, &making->after_id, MAKE_AT_ONCE,
				 clock_now_ms(), &making->more, fault);
}

/* Tracks that were heard before there were points. */
static enum status
missing_make(struct sounds *sounds, struct fault *fault)
{
	struct making making = { 0 };
	enum status status = STATUS_OK;

	if (sounds->made)
		return STATUS_OK;
	do {
		status = store_write(sounds->store, making_run, &making, fault);
	} while (status == STATUS_OK && making.more && !is_ending(sounds));
	sounds->made = status == STATUS_OK && !making.more;
	return status;
}

/* Turn held. */
static enum status
read_anew(struct sounds *sounds, struct fault *fault)
{
	uint64_t version = store_version(sounds->store);
	struct reading reading = { 0 };
	struct nearest *fresh = nearest_new(), *old;
	int64_t newest_ms = 0;
	enum status status = missing_make(sounds, fault);

	arena_init(&reading.arena);
	if (status == STATUS_OK)
		status = points_take(sounds, &reading, fresh, NULL, &newest_ms,
				     fault);
	arena_release(&reading.arena);
	if (status != STATUS_OK) {
		nearest_free(fresh);
		return status;
	}
	fresh = nearest_arrange(fresh);
	pthread_rwlock_wrlock(&sounds->lock);
	old = sounds->nearest;
	sounds->nearest = fresh;
	pthread_rwlock_unlock(&sounds->lock);
	nearest_free(old);
	sounds->newest_ms = newest_ms;
	sounds->version = version;
	sounds->anew_at_ms = clock_monotonic_ms() + SOUNDS_ANEW_MS;
	return STATUS_OK;
}

/* Turn held. */
static enum status
take_newer(struct sounds *sounds, struct fault *fault)
{
	uint64_t version = store_version(sounds->store);
	struct reading reading = {
		.by_time = true,
		.made_at_ms = sounds->newest_ms - SOUNDS_OVERLAP_MS,
	};
	enum status status;

	arena_init(&reading.arena);
	status = points_take(sounds, &reading, sounds->nearest, &sounds->lock,
			     &sounds->newest_ms, fault);
	arena_release(&reading.arena);
	if (status == STATUS_OK)
		sounds->version = version;
	return status;
}

/* Unless it is asked for, only when the store says that it changed. */
static enum status
keep_up(struct sounds *sounds, bool asked, struct fault *fault)
{
	enum status status = STATUS_OK;
	uint64_t version = store_version(sounds->store);
	bool changed;

	pthread_mutex_lock(&sounds->turn);
	changed = version == 0 || version != sounds->version;
	if (sounds->anew_at_ms == 0 ||
	    (changed && clock_monotonic_ms() >= sounds->anew_at_ms))
		status = read_anew(sounds, fault);
	else if (asked || changed)
		status = take_newer(sounds, fault);
	pthread_mutex_unlock(&sounds->turn);
	gauge_set(metric_cell(&points_now, NULL),
		  (double)sounds_count(sounds));
	return status;
}

enum status
sounds_catch_up(struct sounds *sounds, struct fault *fault)
{
	return keep_up(sounds, true, fault);
}

/* False: the end has come. */
static bool
rest(struct sounds *sounds, int64_t ms)
{
	struct timespec until;
	bool ending;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	pthread_mutex_lock(&sounds->wake_lock);
	while (!sounds->ending &&
	       pthread_cond_timedwait(&sounds->wake, &sounds->wake_lock,
				      &until) != ETIMEDOUT)
		continue;
	ending = sounds->ending;
	pthread_mutex_unlock(&sounds->wake_lock);
	return !ending;
}

static void *
thread_run(void *cookie)
{
	struct sounds *sounds = cookie;
	struct fault fault;
	enum status status;

	do {
		fault = (struct fault){ 0 };
		status = keep_up(sounds, false, &fault);
		if (status != STATUS_OK)
			log_info("sounds", "points of tracks cannot be read",
				 LOG_TEXT("reason", fault.message));
	} while (rest(sounds, status == STATUS_OK ? LOOK_MS : AGAIN_MS));
	return NULL;
}

enum status
sounds_open(struct store *store, struct sounds **out, struct fault *fault)
{
	struct sounds *sounds = mem_new(1, sizeof *sounds);
	pthread_rwlockattr_t writers_first;
	pthread_condattr_t monotonic;

	sounds->store = store;
	sounds->nearest = nearest_new();
	metric_register(&points_now);
	/* Else what is new waits as long as somebody asks. */
	pthread_rwlockattr_init(&writers_first);
	pthread_rwlockattr_setkind_np(
		&writers_first, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&sounds->lock, &writers_first);
	pthread_rwlockattr_destroy(&writers_first);
	pthread_mutex_init(&sounds->turn, NULL);
	pthread_mutex_init(&sounds->wake_lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&sounds->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&sounds->thread, NULL, thread_run, sounds) != 0) {
		sounds_close(sounds);
		return fault_set(fault, STATUS_FAILED, "cannot start a thread");
	}
	sounds->has_thread = true;
	*out = sounds;
	return STATUS_OK;
}

void
sounds_close(struct sounds *sounds)
{
	if (sounds == NULL)
		return;
	pthread_mutex_lock(&sounds->wake_lock);
	sounds->ending = true;
	pthread_cond_signal(&sounds->wake);
	pthread_mutex_unlock(&sounds->wake_lock);
	if (sounds->has_thread)
		pthread_join(sounds->thread, NULL);
	nearest_free(sounds->nearest);
	pthread_cond_destroy(&sounds->wake);
	pthread_mutex_destroy(&sounds->wake_lock);
	pthread_mutex_destroy(&sounds->turn);
	pthread_rwlock_destroy(&sounds->lock);
	free(sounds);
}

/* ---- asking --------------------------------------------------------------- */

size_t
sounds_count(struct sounds *sounds)
{
	size_t count;

	pthread_rwlock_rdlock(&sounds->lock);
	count = nearest_count(sounds->nearest);
	pthread_rwlock_unlock(&sounds->lock);
	return count;
}

/* The first `want` of all points. */
static size_t
points_find(struct sounds *sounds, int64_t track_id, size_t want,
	    struct near_point *out)
{
	uint8_t codes[SOUND_CODES];
	size_t count = 0;

	pthread_rwlock_rdlock(&sounds->lock);
	if (nearest_get(sounds->nearest, track_id, codes))
		count = nearest_find(sounds->nearest, codes, want, out);
	pthread_rwlock_unlock(&sounds->lock);
	return count;
}

double
sounds_score(double distance)
{
	return exp(-distance / 4); /* 4: of the nearest of a million, mostly */
}

/* Unless it is the track itself, or hidden. */
static enum status
point_keep(struct store_session *session, const struct near_point *point,
	   int64_t track_id, struct sound_alike *out, size_t *kept,
	   struct fault *fault)
{
	bool visible = false;
	enum status status = STATUS_OK;

	if (point->id != track_id)
		status = track_sounds_visible(session, point->id, &visible,
					      fault);
	if (visible)
		out[(*kept)++] = (struct sound_alike){
			point->id, sqrt(point->squared) * SOUND_STEP
		};
	return status;
}

/* Asks for more points as long as too many of them are hidden. */
enum status
sounds_alike(struct sounds *sounds, struct store_session *session,
	     int64_t track_id, size_t limit, struct sound_alike *out,
	     size_t *count, struct fault *fault)
{
	struct near_point *points = NULL;
	size_t want = limit + limit / 2 + 2, found, kept = 0;
	enum status status = STATUS_OK;
	bool more = true;

	*count = 0;
	if (sounds == NULL || limit == 0)
		return STATUS_OK;
	assert(limit <= SOUNDS_MAX);
	while (status == STATUS_OK && kept < limit && more) {
		points = mem_grow(points, want, sizeof *points);
		found = points_find(sounds, track_id, want, points);
		kept = 0;
		for (size_t i = 0; i < found && kept < limit &&
				   status == STATUS_OK;
		     i++)
			status = point_keep(session, &points[i], track_id, out,
					    &kept, fault);
		more = found == want && want < NEAREST_LIMIT_MAX;
		want = want * 4 < NEAREST_LIMIT_MAX ? want * 4 :
						      NEAREST_LIMIT_MAX;
	}
	free(points);
	if (status == STATUS_OK)
		*count = kept;
	return status;
}
