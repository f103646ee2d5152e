/* merges.c - see merges.h. */
#include "service/merges.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct merged_set {
	struct merged_tracks tracks;
	struct arena arena; /* of the tracks */
	int64_t version;
	_Atomic unsigned holders; /* merges.present is one of them */
};

struct merges {
	struct store *store;
	pthread_mutex_t lock;	    /* of what follows */
	struct merged_set *present; /* NULL: nobody has asked yet */
};

struct merges *
merges_new(struct store *store)
{
	struct merges *merges = mem_new(1, sizeof *merges);

	merges->store = store;
	pthread_mutex_init(&merges->lock, NULL);
	return merges;
}

static void
set_release(struct merged_set *set)
{
	if (set == NULL || atomic_fetch_sub(&set->holders, 1) > 1)
		return;
	arena_release(&set->arena);
	free(set);
}

void
merges_free(struct merges *merges)
{
	if (merges == NULL)
		return;
	set_release(merges->present);
	pthread_mutex_destroy(&merges->lock);
	free(merges);
}

/* ---- reading -------------------------------------------------------------- */

static int
kept_compare(const void *a, const void *b)
{
	const struct merged_track *x = a, *y = b;

	if (x->kept_id != y->kept_id)
		return x->kept_id < y->kept_id ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static enum status
set_read(struct store_session *session, int64_t version,
	 struct merged_set **out, struct fault *fault)
{
	struct merged_set *set = mem_new(1, sizeof *set);
	struct merged_track *by_id, *by_kept;
	enum status status;

	arena_init(&set->arena);
	set->version = version;
	atomic_init(&set->holders, 1);
	status = duplicates_merged(session, &set->arena, &by_id,
				   &set->tracks.count, fault);
	if (status != STATUS_OK) {
		set_release(set);
		return status;
	}
	by_kept = arena_new(&set->arena, struct merged_track,
			    set->tracks.count + 1);
	memcpy(by_kept, by_id, set->tracks.count * sizeof *by_kept);
	qsort(by_kept, set->tracks.count, sizeof *by_kept, kept_compare);
	set->tracks.by_id = by_id;
	set->tracks.by_kept = by_kept;
	*out = set;
	return STATUS_OK;
}

/* NULL: there is none of that version. */
static struct merged_set *
present_hold(struct merges *merges, int64_t version)
{
	struct merged_set *set;

	pthread_mutex_lock(&merges->lock);
	set = merges->present;
	if (set != NULL && set->version != version)
		set = NULL;
	if (set != NULL)
		atomic_fetch_add(&set->holders, 1);
	pthread_mutex_unlock(&merges->lock);
	return set;
}

static void
present_set(struct merges *merges, struct merged_set *set)
{
	struct merged_set *former;

	atomic_fetch_add(&set->holders, 1);
	pthread_mutex_lock(&merges->lock);
	former = merges->present;
	merges->present = set;
	pthread_mutex_unlock(&merges->lock);
	set_release(former);
}

struct holding {
	struct merges *merges;
	struct merged_set *set;
};

/* The number is read before what it counts: what is merged between the two is
 * seen twice, not missed. */
static enum status
hold_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct holding *holding = cookie;
	int64_t version;
	enum status status =
		duplicates_merges_count(session, &version, fault);

	if (status != STATUS_OK)
		return status;
	holding->set = present_hold(holding->merges, version);
	if (holding->set != NULL)
		return STATUS_OK;
	status = set_read(session, version, &holding->set, fault);
	if (status == STATUS_OK)
		present_set(holding->merges, holding->set);
	return status;
}

enum status
merges_hold(struct merges *merges, const struct merged_tracks **out,
	    struct fault *fault)
{
	struct holding holding = { .merges = merges };
	enum status status =
		store_read(merges->store, hold_work, &holding, fault);

	*out = status == STATUS_OK ? &holding.set->tracks : NULL;
	return status;
}

void
merged_release(const struct merged_tracks *held)
{
	if (held != NULL)
		set_release(container_of(held, struct merged_set, tracks));
}

/* ---- asking --------------------------------------------------------------- */

int64_t
merged_kept(const struct merged_tracks *held, int64_t id)
{
	const struct merged_track *merged =
		merged_find(held->by_id, held->count, id);

	return merged == NULL ? id : merged->kept_id;
}

/* Where a group begins in by_kept, or would. */
static size_t
group_begin(const struct merged_tracks *held, int64_t kept_id)
{
	size_t low = 0, high = held->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (held->by_kept[middle].kept_id < kept_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t
merged_group(const struct merged_tracks *held, int64_t id, struct arena *arena,
	     int64_t **out)
{
	int64_t kept = merged_kept(held, id), *ids;
	size_t begin = group_begin(held, kept), end = begin, count = 0;

	while (end < held->count && held->by_kept[end].kept_id == kept)
		end++;
	ids = arena_new(arena, int64_t, end - begin + 1);
	ids[count++] = kept;
	while (begin < end)
		ids[count++] = held->by_kept[begin++].id;
	*out = ids;
	return count;
}
