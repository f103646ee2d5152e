/* kept_plays.c - see kept_plays.h. */
#include "service/kept_plays.h"

#include <stdlib.h>
#include <string.h>

#include "service/listening_private.h"
#include "service/merges.h"

/* ---- sums ----------------------------------------------------------------- */

static void
sum_add(struct events_sum *out, const struct events_sum *more)
{
	out->plays += more->plays;
	out->starts += more->starts;
	out->completes += more->completes;
	out->skips += more->skips;
	out->heard_ms += more->heard_ms;
}

static int
sum_compare(const void *a, const void *b)
{
	const struct events_sum *x = a, *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return x->part < y->part ? -1 : x->part > y->part;
}

static size_t
sums_join(struct events_sum *sums, size_t count, int64_t id)
{
	size_t joined = 0;

	if (count > 0)
		qsort(sums, count, sizeof *sums, sum_compare);
	for (size_t i = 0; i < count; i++) {
		sums[i].id = id;
		if (joined > 0 &&
		    sum_compare(&sums[joined - 1], &sums[i]) == 0)
			sum_add(&sums[joined - 1], &sums[i]);
		else
			sums[joined++] = sums[i];
	}
	return joined;
}

/* Of several tracks as of one. */
static enum status
sums_of_all(struct listening *listening, struct arena *arena,
	    const int64_t *ids, size_t id_count,
	    const struct events_range *range, struct events_sum **out,
	    size_t *count, struct fault *fault)
{
	struct events_sum *all = NULL;
	enum status status = STATUS_OK;
	size_t found = 0;

	for (size_t i = 0; i < id_count && status == STATUS_OK; i++) {
		struct events_sum *sums = NULL, *more;
		size_t more_count = 0;

		status = events_sums(listening_log(listening), arena,
				     EVENTS_TRACK, ids[i], range, &sums,
				     &more_count, fault);
		if (status != STATUS_OK || more_count == 0)
			continue;
		more = arena_new(arena, struct events_sum, found + more_count);
		if (found > 0)
			memcpy(more, all, found * sizeof *more);
		memcpy(more + found, sums, more_count * sizeof *more);
		all = more;
		found += more_count;
	}
	if (status == STATUS_OK) {
		*count = sums_join(all, found, ids[0]);
		*out = all;
	}
	return status;
}

enum status
kept_sums(struct listening *listening, struct arena *arena,
	  enum events_kind kind, int64_t id, const struct events_range *range,
	  struct events_sum **out, size_t *count, struct fault *fault)
{
	const struct merged_tracks *merged;
	enum status status;
	int64_t *ids;
	size_t id_count;

	if (kind != EVENTS_TRACK)
		return events_sums(listening_log(listening), arena, kind, id,
				   range, out, count, fault);
	status = merges_hold(listening->merges, &merged, fault);
	if (status != STATUS_OK)
		return status;
	id_count = merged_group(merged, id, arena, &ids);
	merged_release(merged);
	return sums_of_all(listening, arena, ids, id_count, range, out, count,
			   fault);
}

/* Each id and its group as one list, with the sizes of the groups. */
static size_t
groups_of_all(const struct merged_tracks *merged, struct arena *arena,
	      const int64_t *ids, size_t count, size_t **sizes, int64_t **out)
{
	int64_t **lists = arena_new(arena, int64_t *, count + 1);
	size_t all_count = 0, at = 0;

	*sizes = arena_new(arena, size_t, count + 1);
	for (size_t i = 0; i < count; i++)
		all_count += (*sizes)[i] =
			merged_group(merged, ids[i], arena, &lists[i]);
	*out = arena_new(arena, int64_t, all_count + 1);
	for (size_t i = 0; i < count; at += (*sizes)[i++])
		memcpy(*out + at, lists[i], (*sizes)[i] * sizeof **out);
	return all_count;
}

enum status
kept_totals(struct listening *listening, struct arena *arena,
	    enum events_kind kind, const int64_t *ids, size_t count,
	    const struct events_range *range, struct events_sum **out,
	    struct fault *fault)
{
	const struct merged_tracks *merged;
	struct events_sum *sums, *totals;
	size_t *sizes, all_count, at = 0;
	enum status status;
	int64_t *all;

	if (kind != EVENTS_TRACK)
		return events_totals(listening_log(listening), arena, kind,
				     ids, count, range, out, fault);
	status = merges_hold(listening->merges, &merged, fault);
	if (status != STATUS_OK)
		return status;
	all_count = groups_of_all(merged, arena, ids, count, &sizes, &all);
	merged_release(merged);
	status = events_totals(listening_log(listening), arena, kind, all,
			       all_count, range, &sums, fault);
	if (status != STATUS_OK)
		return status;
	totals = arena_new(arena, struct events_sum, count + 1);
	for (size_t i = 0; i < count; i++) {
		totals[i].id = ids[i];
		for (size_t k = 0; k < sizes[i]; k++)
			sum_add(&totals[i], &sums[at++]);
	}
	*out = totals;
	return STATUS_OK;
}

/* ---- listeners ------------------------------------------------------------ */

enum status
kept_listeners(struct listening *listening, struct arena *arena,
	       enum events_kind kind, int64_t id,
	       const struct events_range *range, uint32_t window_days,
	       struct events_listeners *out, struct fault *fault)
{
	const struct merged_tracks *merged;
	enum status status = STATUS_OK;
	int64_t *ids = &id;
	size_t count = 1;

	if (kind == EVENTS_TRACK) {
		status = merges_hold(listening->merges, &merged, fault);
		if (status == STATUS_OK) {
			count = merged_group(merged, id, arena, &ids);
			merged_release(merged);
		}
	}
	return status != STATUS_OK ?
		       status :
		       events_listeners_of_any(listening_log(listening), arena,
					       kind, ids, count, range,
					       window_days, out, fault);
}

/* ---- tops ----------------------------------------------------------------- */

/* What all groups were heard: one rank each, by the kept track's id; *played:
 * how many of their tracks were played. */
static enum status
groups_rank(struct listening *listening, struct arena *arena,
	    const struct merged_tracks *merged,
	    const struct events_range *range, struct events_rank *out,
	    size_t *count, int64_t *played, struct fault *fault)
{
	const struct merged_track *by_kept = merged->by_kept;
	int64_t *ids = arena_new(arena, int64_t, 2 * merged->count);
	size_t *rank = arena_new(arena, size_t, 2 * merged->count);
	struct events_sum *sums;
	size_t asked = 0;
	enum status status;

	for (size_t i = 0; i < merged->count; i++) {
		if (i == 0 || by_kept[i].kept_id != by_kept[i - 1].kept_id) {
			out[*count].id = by_kept[i].kept_id;
			rank[asked] = (*count)++;
			ids[asked++] = by_kept[i].kept_id;
		}
		rank[asked] = *count - 1;
		ids[asked++] = by_kept[i].id;
	}
	status = events_totals(listening_log(listening), arena, EVENTS_TRACK,
			       ids, asked, range, &sums, fault);
	for (size_t i = 0; i < asked && status == STATUS_OK; i++) {
		out[rank[i]].plays += sums[i].plays;
		out[rank[i]].heard_ms += sums[i].heard_ms;
		*played += sums[i].plays > 0;
	}
	return status;
}

static int
id_compare(const void *key, const void *item)
{
	const int64_t *id = key;
	const struct events_rank *rank = item;

	return *id < rank->id ? -1 : *id > rank->id;
}

/* The log's own top without members of groups, and the groups among them. What
 * would stand behind the last that the log told is left out: others may stand
 * before it. */
static enum status
top_join(struct listening *listening, struct arena *arena,
	 const struct merged_tracks *merged, const struct events_range *range,
	 struct events_top *top, struct fault *fault)
{
	struct events_rank *ranks = arena_new(arena, struct events_rank,
					      merged->count + top->count + 1);
	bool all = (int64_t)top->count == top->total;
	struct events_rank last = { 0 };
	size_t count = 0, kept = 0;
	int64_t played = 0;
	enum status status = groups_rank(listening, arena, merged, range,
					 ranks, &count, &played, fault);

	if (status != STATUS_OK)
		return status;
	if (top->count > 0)
		last = top->items[top->count - 1];
	top->total -= played;
	for (size_t i = 0; i < count; i++)
		top->total += ranks[i].plays > 0;
	for (size_t i = 0; i < top->count; i++) {
		int64_t id = merged_kept(merged, top->items[i].id);

		if (id == top->items[i].id &&
		    bsearch(&id, ranks, count, sizeof *ranks, id_compare) ==
			    NULL)
			top->items[kept++] = top->items[i];
	}
	memcpy(ranks + count, top->items, kept * sizeof *ranks);
	count += kept;
	qsort(ranks, count, sizeof *ranks, events_rank_compare);
	while (count > 0 &&
	       (count > EVENTS_TOP_MAX || ranks[count - 1].plays == 0 ||
		(!all && events_rank_compare(&last, &ranks[count - 1]) < 0)))
		count--;
	top->items = ranks;
	top->count = count;
	return STATUS_OK;
}

enum status
kept_top(struct listening *listening, struct arena *arena,
	 enum events_kind kind, const struct events_range *range,
	 struct events_top *out, struct fault *fault)
{
	const struct merged_tracks *merged = NULL;
	struct events_top top;
	enum status status = events_top(listening_log(listening), arena, kind,
					range, EVENTS_TOP_MAX, &top, fault);

	if (status == STATUS_OK && kind == EVENTS_TRACK)
		status = merges_hold(listening->merges, &merged, fault);
	if (status == STATUS_OK && merged != NULL && merged->count > 0)
		status = top_join(listening, arena, merged, range, &top,
				  fault);
	merged_release(merged);
	if (status == STATUS_OK)
		*out = top;
	return status;
}

/* ---- walks ---------------------------------------------------------------- */

struct kept_walk {
	const struct merged_tracks *merged;
	event_listen_visit *visit;
	void *cookie;
};

static bool
kept_visit(void *cookie, int64_t seq, const struct event_listen *listen)
{
	const struct kept_walk *walk = cookie;
	struct event_listen kept = *listen;

	kept.track_id = merged_kept(walk->merged, listen->track_id);
	return walk->visit(walk->cookie, seq, &kept);
}

enum status
kept_listens(struct listening *listening, const struct events_walk *walk,
	     event_listen_visit *visit, void *cookie, struct fault *fault)
{
	struct kept_walk kept = { .visit = visit, .cookie = cookie };
	enum status status =
		merges_hold(listening->merges, &kept.merged, fault);

	if (status == STATUS_OK)
		status = events_listens(listening_log(listening), walk,
					kept_visit, &kept, fault);
	merged_release(kept.merged);
	return status;
}
