/* duplicates_read.c - groups of duplicates for reading, and which of their
 * tracks is the best; see duplicates.h. */
#include "library/duplicates.h"

#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "library/duplicates_private.h"
#include "library/files.h"
#include "library/fingerprint.h"
#include "library/page_private.h"

/* ---- which is best -------------------------------------------------------- */

const char *
duplicate_reason_name(enum duplicate_reason reason)
{
	static const char *const names[] = {
		[BEST_LOSSLESS] = "lossless", [BEST_RESOLUTION] = "resolution",
		[BEST_BITRATE] = "bitrate",   [BEST_TAGS] = "tags",
		[BEST_LONGER] = "longer",     [BEST_PLAYS] = "plays",
		[BEST_OLDER] = "older",
	};

	return names[reason];
}

static bool
is_lossless(const struct track *track)
{
	static const char *const codecs[] = { "flac", "alac", "wavpack", "ape",
					      "tta",  "tak",  "mlp", "shorten" };

	if (track->codec == NULL)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(codecs); i++)
		if (strcmp(track->codec, codecs[i]) == 0)
			return true;
	return strncmp(track->codec, "pcm", 3) == 0;
}

static int
compare_numbers(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int
tags_filled(const struct track *track)
{
	return (track->artist[0] != '\0') + (track->album != NULL) +
	       (track->year != 0) + (track->track_no != 0) +
	       (track->genre_count > 0) + (track->cover.id != 0) +
	       (track->composer != NULL) + track->has_lyrics;
}

/* How `a` compares to `b`: above 0 better, below 0 worse. */
static int
by_lossless(const struct track *a, const struct track *b)
{
	return is_lossless(a) - is_lossless(b);
}

static int
by_resolution(const struct track *a, const struct track *b)
{
	if (!is_lossless(a) || !is_lossless(b))
		return 0;
	return compare_numbers((int64_t)a->sample_rate_hz * a->bit_depth,
			       (int64_t)b->sample_rate_hz * b->bit_depth);
}

/* In twentieths: less says nothing of how it sounds; and nothing at all when
 * no sound was lost. */
static int
by_bitrate(const struct track *a, const struct track *b)
{
	int64_t apart = llabs(a->bitrate_bps - b->bitrate_bps);

	if (is_lossless(a) || apart * 20 <= a->bitrate_bps)
		return 0;
	return compare_numbers(a->bitrate_bps, b->bitrate_bps);
}

static int
by_tags(const struct track *a, const struct track *b)
{
	return tags_filled(a) - tags_filled(b);
}

static int
by_length(const struct track *a, const struct track *b)
{
	return compare_numbers(a->duration_ms / 1000, b->duration_ms / 1000);
}

static int
by_plays(const struct track *a, const struct track *b)
{
	return compare_numbers(a->play_count, b->play_count);
}

static int
by_age(const struct track *a, const struct track *b)
{
	return compare_numbers(b->id, a->id);
}

/* The first that tells two tracks apart decides. */
static const struct {
	enum duplicate_reason reason;
	int (*compare)(const struct track *a, const struct track *b);
} measures[] = {
	{ BEST_LOSSLESS, by_lossless }, { BEST_RESOLUTION, by_resolution },
	{ BEST_BITRATE, by_bitrate },	{ BEST_TAGS, by_tags },
	{ BEST_LONGER, by_length },	{ BEST_PLAYS, by_plays },
	{ BEST_OLDER, by_age },
};

static int
track_compare(const struct track *a, const struct track *b,
	      enum duplicate_reason *reason)
{
	for (size_t i = 0; i < ARRAY_LENGTH(measures); i++) {
		int way = measures[i].compare(a, b);

		*reason = measures[i].reason;
		if (way != 0)
			return way;
	}
	return 0;
}

/* What is away or hidden is never the best; else the best first. */
static int
better_first(const void *x, const void *y)
{
	const struct duplicate_track *a = x, *b = y;
	enum duplicate_reason reason;

	if (a->visible != b->visible)
		return a->visible ? -1 : 1;
	return -track_compare(&a->track, &b->track, &reason);
}

static void
best_find(struct duplicate_group *group)
{
	if (group->count > 1)
		qsort(group->tracks, group->count, sizeof *group->tracks,
		      better_first);
	group->best_reason = BEST_OLDER;
	if (group->count > 0)
		group->best_id = group->tracks[0].track.id;
	if (group->count > 1)
		track_compare(&group->tracks[0].track, &group->tracks[1].track,
			      &group->best_reason);
}

/* ---- is it sure ------------------------------------------------------------- */

/* Both say the same, or one says nothing. */
static bool
texts_agree(struct arena *arena, const char *a, const char *b)
{
	if (a == NULL || b == NULL || *a == '\0' || *b == '\0')
		return true;
	return strcmp(fold_identity(arena, a), fold_identity(arena, b)) == 0;
}

/* The title of a file without tags is its name and says nothing. */
static const char *
title_said(const struct track *track)
{
	return track->artist[0] == '\0' ? NULL : track->title;
}

/* Another title may be another version, and another album is where the song is
 * missed when it is gone. */
static bool
tags_agree(struct arena *arena, const struct track *a, const struct track *b)
{
	return texts_agree(arena, title_said(a), title_said(b)) &&
	       texts_agree(arena, a->artist, b->artist) &&
	       texts_agree(arena, a->album, b->album);
}

static void
group_judge(struct duplicate_group *group, struct arena *arena)
{
	group->confidence = 1;
	group->same_audio = group->sure = group->count > 1;
	for (size_t i = 0; i < group->count; i++) {
		const struct duplicate_track *one = &group->tracks[i];

		if (one->score < group->confidence)
			group->confidence = one->score;
		group->same_audio = group->same_audio && one->same_audio;
		for (size_t k = 0; k < i; k++)
			group->sure = group->sure &&
				      tags_agree(arena, &one->track,
						 &group->tracks[k].track);
	}
	group->sure = group->sure &&
		      group->confidence >= fingerprint_score(FINGERPRINT_SURE);
}

/* ---- loading ------------------------------------------------------------------ */

static struct duplicate_track *
member_find(struct duplicate_group *group, int64_t track_id)
{
	for (size_t i = 0; i < group->count; i++)
		if (group->tracks[i].track.id == track_id)
			return &group->tracks[i];
	return NULL;
}

static enum status
members_load(struct store_session *session, struct duplicate_group *group,
	     struct arena *arena, struct fault *fault)
{
	int64_t ids[DUPLICATE_TRACKS_MAX];
	struct track *tracks;
	struct store_rows *rows;
	size_t count = 0;
	enum status status = sql_query(session,
				       "select track_id from duplicate_tracks "
				       "where group_id = $1 order by track_id "
				       "limit $2",
				       SQL_ARGS(SQL_INT(group->id),
						SQL_INT(DUPLICATE_TRACKS_MAX)),
				       &rows, fault);

	while (status == STATUS_OK && count < DUPLICATE_TRACKS_MAX &&
	       sql_next(rows, &status, fault))
		ids[count++] = sql_column_int(rows, 0);
	sql_end(rows);
	if (status == STATUS_OK)
		status = tracks_get_many_any(session, ids, count, arena,
					     &tracks, &group->count, fault);
	if (status != STATUS_OK)
		return status;
	group->tracks = arena_new(arena, struct duplicate_track,
				  group->count + 1);
	for (size_t i = 0; i < group->count; i++)
		group->tracks[i].track = tracks[i];
	return STATUS_OK;
}

static enum status
places_load(struct store_session *session, struct duplicate_group *group,
	    struct arena *arena, struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		session,
		"select t.id, d.path, f.name, t.visible "
		"from duplicate_tracks m join tracks t on t.id = m.track_id "
		"join files f on f.track_id = t.id "
		"join folders d on d.id = f.folder_id where m.group_id = $1",
		SQL_ARGS(SQL_INT(group->id)), &rows, fault);

	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct duplicate_track *one =
			member_find(group, sql_column_int(rows, 0));

		if (one == NULL)
			continue;
		one->path = file_path_display(arena, sql_column_span(rows, 1),
					      sql_column_span(rows, 2));
		one->visible = sql_column_int(rows, 3) != 0;
	}
	sql_end(rows);
	return status;
}

static void
pair_lay_on(struct duplicate_track *one, double score, bool same_audio)
{
	if (one == NULL)
		return;
	if (score > one->score)
		one->score = score;
	one->same_audio = one->same_audio || same_audio;
}

static enum status
scores_load(struct store_session *session, struct duplicate_group *group,
	    struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		session,
		"select p.track_id, p.other_id, p.error_rate, p.same_audio "
		"from duplicate_tracks a "
		"join duplicate_pairs p on p.track_id = a.track_id "
		"join duplicate_tracks b on b.track_id = p.other_id "
		"and b.group_id = a.group_id where a.group_id = $1",
		SQL_ARGS(SQL_INT(group->id)), &rows, fault);

	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		double score = fingerprint_score(sql_column_double(rows, 2));
		bool same = sql_column_int(rows, 3) != 0;

		pair_lay_on(member_find(group, sql_column_int(rows, 0)), score,
			    same);
		pair_lay_on(member_find(group, sql_column_int(rows, 1)), score,
			    same);
	}
	sql_end(rows);
	return status;
}

enum status
duplicates_get(struct store_session *session, int64_t id, struct arena *arena,
	       struct duplicate_group *out, struct fault *fault)
{
	struct duplicate_group group = { .id = id };
	struct store_rows *rows;
	enum status status = sql_query(
		session,
		"select state, kept_id, found_at, decided_at, decided_by "
		"from duplicate_groups where id = $1",
		SQL_ARGS(SQL_INT(id)), &rows, fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		group.state = (enum duplicates_state)sql_column_int(rows, 0);
		group.kept_id = sql_column_int(rows, 1);
		group.found_at_ms = sql_column_int(rows, 2);
		group.decided_at_ms = sql_column_int(rows, 3);
		group.decided_by = sql_column_int(rows, 4);
	} else if (status == STATUS_OK) {
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "there is no group of duplicates %lld",
				   (long long)id);
	}
	sql_end(rows);
	if (status == STATUS_OK)
		status = members_load(session, &group, arena, fault);
	if (status == STATUS_OK)
		status = places_load(session, &group, arena, fault);
	if (status == STATUS_OK)
		status = scores_load(session, &group, fault);
	if (status != STATUS_OK)
		return status;
	best_find(&group);
	group_judge(&group, arena);
	*out = group;
	return STATUS_OK;
}

enum status
duplicates_weigh(struct store_session *session, int64_t group_id,
		 struct fault *fault)
{
	struct duplicate_group group;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = duplicates_get(session, group_id, &arena, &group, fault);
	if (status == STATUS_OK)
		status = sql_exec(session,
				  "update duplicate_groups set "
				  "confidence = $2, sure = $3 where id = $1",
				  SQL_ARGS(SQL_INT(group_id),
					   SQL_DOUBLE(group.confidence),
					   SQL_INT(group.sure)),
				  NULL, fault);
	arena_release(&arena);
	return status;
}

enum status
duplicates_list(struct store_session *session, enum duplicates_state state,
		bool sure_only, const struct page_request *page,
		struct arena *arena, struct duplicate_list *out,
		struct fault *fault)
{
	struct page_query query = {
		.from = "duplicate_groups t",
		.id = "t.id",
		.visible = "1 = 1",
		.sorts = page_by_age,
		.sort = page->oldest_first,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct duplicate_list list = { 0 };
	enum status status;

	page_filter(&query, "t.state = ?", "t.state = ?", SQL_INT(state));
	if (sure_only)
		page_filter(&query, "t.sure = ?", "t.sure = ?", SQL_INT(1));
	status = page_read(session, &query, page, arena, ids, &list.count,
			   &list.page, fault);
	if (status != STATUS_OK)
		return status;
	list.items = arena_new(arena, struct duplicate_group, list.count + 1);
	for (size_t i = 0; i < list.count && status == STATUS_OK; i++)
		status = duplicates_get(session, ids[i], arena, &list.items[i],
					fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}

/* ---- what is merged --------------------------------------------------------- */

static int
merged_compare(const void *key, const void *item)
{
	const int64_t *id = key;
	const struct merged_track *merged = item;

	return *id < merged->id ? -1 : *id > merged->id;
}

const struct merged_track *
merged_find(const struct merged_track *merged, size_t count, int64_t id)
{
	return count == 0 ? NULL :
			    bsearch(&id, merged, count, sizeof *merged,
				    merged_compare);
}

/* The kept track may have been merged itself since. */
static int64_t
merged_end(const struct merged_track *merged, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++) {
		const struct merged_track *next =
			merged_find(merged, count, id);

		if (next == NULL)
			break;
		id = next->kept_id;
	}
	return id;
}

enum status
duplicates_merges_count(struct store_session *session, int64_t *out,
			struct fault *fault)
{
	return sql_query_int(session,
			     "select coalesce(max(value), 0) from totals "
			     "where key = 'merges'",
			     SQL_NO_ARGS, out, fault);
}

enum status
duplicates_merged(struct store_session *session, struct arena *arena,
		  struct merged_track **out, size_t *count,
		  struct fault *fault)
{
	struct merged_track *merged;
	struct store_rows *rows;
	int64_t room = 0;
	size_t found = 0;
	enum status status =
		sql_query_int(session,
			      "select count(*) from tracks "
			      "where merged_into is not null",
			      SQL_NO_ARGS, &room, fault);

	if (status != STATUS_OK)
		return status;
	merged = arena_new(arena, struct merged_track, (size_t)room + 1);
	if (room > 0) {
		status = sql_query(session,
				   "select id, merged_into from tracks "
				   "where merged_into is not null "
				   "order by id",
				   SQL_NO_ARGS, &rows, fault);
		while (status == STATUS_OK && found < (size_t)room &&
		       sql_next(rows, &status, fault))
			merged[found++] = (struct merged_track){
				sql_column_int(rows, 0),
				sql_column_int(rows, 1)
			};
		sql_end(rows);
	}
	for (size_t i = 0; i < found; i++)
		merged[i].kept_id =
			merged_end(merged, found, merged[i].kept_id);
	if (status == STATUS_OK) {
		*out = merged;
		*count = found;
	}
	return status;
}
