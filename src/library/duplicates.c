/* duplicates.c - pairs and groups of tracks that sound the same, and those that
 * somebody dismissed; see duplicates.h. */
#include "library/duplicates.h"

#include <string.h>

#include "library/duplicates_private.h"
#include "library/fingerprints.h"

static const char *const state_names[] = {
	[DUPLICATES_OPEN] = "open",
	[DUPLICATES_MERGED] = "merged",
	[DUPLICATES_DISMISSED] = "dismissed",
};

const char *
duplicates_state_name(enum duplicates_state state)
{
	return state_names[state];
}

bool
duplicates_state_parse(const char *name, enum duplicates_state *out)
{
	for (size_t i = 0; i < ARRAY_LENGTH(state_names); i++) {
		if (strcmp(state_names[i], name) != 0)
			continue;
		*out = (enum duplicates_state)i;
		return true;
	}
	return false;
}

/* ---- pairs ---------------------------------------------------------------- */

/* Notes a pair, or how like they are now; a dismissed one stays so. *known:
 * it was there. */
static enum status
pair_note(struct store_session *session, int64_t track_id,
	  const struct fingerprint_found *found, bool *known,
	  struct fault *fault)
{
	bool first = track_id < found->track_id;
	struct sql_value low = SQL_INT(first ? track_id : found->track_id);
	struct sql_value high = SQL_INT(first ? found->track_id : track_id);
	int64_t changed = 0;
	enum status status = sql_exec(
		session,
		"update duplicate_pairs set error_rate = $3, same_audio = $4 "
		"where track_id = $1 and other_id = $2",
		SQL_ARGS(low, high, SQL_DOUBLE(found->error_rate),
			 SQL_INT(found->same_audio)),
		&changed, fault);

	*known = changed > 0;
	if (status != STATUS_OK || changed > 0)
		return status;
	return sql_exec(session,
			"insert into duplicate_pairs (track_id, other_id, "
			"error_rate, same_audio, dismissed) "
			"values ($1, $2, $3, $4, 0)",
			SQL_ARGS(low, high, SQL_DOUBLE(found->error_rate),
				 SQL_INT(found->same_audio)),
			NULL, fault);
}

/* Whether a dismissed pair keeps the two sets of tracks apart: an open group
 * (0: none) with or without one more track, and another such set. */
struct side {
	int64_t group_id, track_id;
};

#define IN_SIDE(group_, track_) \
	"(select track_id from duplicate_tracks where group_id = " group_ \
	" union select cast(" track_ " as @int@))"

static enum status
apart(struct store_session *session, const struct side *a,
      const struct side *b, bool *out, struct fault *fault)
{
	int64_t count = 0;
	enum status status = sql_query_int(
		session,
		"select count(*) from duplicate_pairs p where p.dismissed = 1 "
		"and ((p.track_id in " IN_SIDE("$1", "$2")
		" and p.other_id in " IN_SIDE("$3", "$4")
		") or (p.track_id in " IN_SIDE("$3", "$4")
		" and p.other_id in " IN_SIDE("$1", "$2") "))",
		SQL_ARGS(SQL_INT(a->group_id), SQL_INT(a->track_id),
			 SQL_INT(b->group_id), SQL_INT(b->track_id)),
		&count, fault);

	*out = count > 0;
	return status;
}

/* ---- groups ----------------------------------------------------------------- */

/* The open group that a track is in; 0: none. */
static enum status
open_group_of(struct store_session *session, int64_t track_id, int64_t *out,
	      struct fault *fault)
{
	enum status status;

	*out = 0;
	status = sql_query_int(session,
			       "select group_id from duplicate_tracks "
			       "where track_id = $1 and open = 1",
			       SQL_ARGS(SQL_INT(track_id)), out, fault);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status
group_make(struct store_session *session, int64_t now_ms, int64_t *id,
	   struct fault *fault)
{
	return sql_query_int(session,
			     "insert into duplicate_groups (state, "
			     "confidence, sure, found_at) "
			     "values ($1, 0, 0, $2) returning id",
			     SQL_ARGS(SQL_INT(DUPLICATES_OPEN),
				      SQL_INT(now_ms)),
			     id, fault);
}

static enum status
group_put(struct store_session *session, int64_t group_id, int64_t track_id,
	  struct fault *fault)
{
	return sql_exec(session,
			"insert into duplicate_tracks "
			"(group_id, track_id, open) values ($1, $2, 1)",
			SQL_ARGS(SQL_INT(group_id), SQL_INT(track_id)), NULL,
			fault);
}

/* The tracks of the younger group go into the older one. */
static enum status
groups_join(struct store_session *session, int64_t into, int64_t from,
	    struct fault *fault)
{
	enum status status = sql_exec(
		session,
		"update duplicate_tracks set group_id = $1 where group_id = $2",
		SQL_ARGS(SQL_INT(into), SQL_INT(from)), NULL, fault);

	if (status == STATUS_OK)
		status = sql_exec(session,
				  "delete from duplicate_groups where id = $1",
				  SQL_ARGS(SQL_INT(from)), NULL, fault);
	return status;
}

static enum status
group_count(struct store_session *session, int64_t group_id, int64_t *out,
	    struct fault *fault)
{
	*out = 0;
	if (group_id == 0)
		return STATUS_OK;
	return sql_query_int(session,
			     "select count(*) from duplicate_tracks "
			     "where group_id = $1",
			     SQL_ARGS(SQL_INT(group_id)), out, fault);
}

/* Both tracks are in one group afterwards, unless a dismissed pair, or the
 * bound of a group, stands between them. *group_id: 0 then. */
static enum status
tracks_group(struct store_session *session, int64_t a_id, int64_t b_id,
	     int64_t now_ms, int64_t *group_id, struct fault *fault)
{
	struct side a = { .track_id = a_id }, b = { .track_id = b_id };
	int64_t a_count, b_count;
	bool are_apart = false;
	enum status status = open_group_of(session, a_id, &a.group_id, fault);

	*group_id = 0;
	if (status == STATUS_OK)
		status = open_group_of(session, b_id, &b.group_id, fault);
	if (status != STATUS_OK)
		return status;
	if (a.group_id != 0 && a.group_id == b.group_id) {
		*group_id = a.group_id;
		return STATUS_OK;
	}
	status = apart(session, &a, &b, &are_apart, fault);
	if (status == STATUS_OK)
		status = group_count(session, a.group_id, &a_count, fault);
	if (status == STATUS_OK)
		status = group_count(session, b.group_id, &b_count, fault);
	if (status != STATUS_OK || are_apart ||
	    a_count + b_count >= DUPLICATE_TRACKS_MAX)
		return status;
	*group_id = a.group_id != 0 ? a.group_id : b.group_id;
	if (a.group_id != 0 && b.group_id != 0) {
		int64_t younger = a.group_id > b.group_id ? a.group_id :
							    b.group_id;

		*group_id = a.group_id + b.group_id - younger;
		return groups_join(session, *group_id, younger, fault);
	}
	if (*group_id == 0)
		status = group_make(session, now_ms, group_id, fault);
	if (status == STATUS_OK && a.group_id == 0)
		status = group_put(session, *group_id, a_id, fault);
	if (status == STATUS_OK && b.group_id == 0)
		status = group_put(session, *group_id, b_id, fault);
	return status;
}

static enum status
found_take(struct store_session *session, int64_t track_id,
	   const struct fingerprint_found *found, size_t count, int64_t now_ms,
	   size_t *pairs, struct fault *fault)
{
	enum status status = STATUS_OK;
	int64_t changed = 0;

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		int64_t group_id = 0;
		bool known = false;

		status = pair_note(session, track_id, &found[i], &known, fault);
		if (status == STATUS_OK)
			status = tracks_group(session, track_id,
					      found[i].track_id, now_ms,
					      &group_id, fault);
		*pairs += !known;
		if (group_id != 0)
			changed = group_id;
	}
	return status == STATUS_OK && changed != 0 ?
		       duplicates_weigh(session, changed, fault) : status;
}

enum status
duplicates_look_up(struct store_session *session, int64_t track_id,
		   int64_t now_ms, size_t *pairs, struct fault *fault)
{
	struct fingerprint_wanted wanted;
	struct fingerprint_found *found;
	struct arena arena;
	struct fault gone = { 0 };
	size_t count = 0;
	enum status status;

	*pairs = 0;
	arena_init(&arena);
	status = fingerprint_get(session, track_id, &arena, &wanted, &gone);
	if (status == STATUS_NOT_FOUND) {
		status = fingerprints_pass(session, track_id, fault);
		goto out;
	}
	if (status != STATUS_OK) {
		*fault = gone;
		goto out;
	}
	status = fingerprints_find(session, &wanted, &arena, &found, &count,
				   fault);
	if (status == STATUS_OK)
		status = found_take(session, track_id, found, count, now_ms,
				    pairs, fault);
	if (status == STATUS_OK)
		status = fingerprints_enter(session, &wanted, fault);
out:
	arena_release(&arena);
	return status;
}

/* ---- deciding ---------------------------------------------------------------- */

enum status
duplicates_decide(struct store_session *session,
		  const struct duplicate_decision *decision,
		  enum duplicates_state state, int64_t kept_id,
		  int64_t now_ms, struct fault *fault)
{
	enum status status = sql_exec(
		session,
		"update duplicate_groups set state = $2, kept_id = $3, "
		"decided_at = $4, decided_by = $5 where id = $1",
		SQL_ARGS(SQL_INT(decision->group_id), SQL_INT(state),
			 sql_int_or_null(kept_id, kept_id != 0),
			 SQL_INT(now_ms),
			 sql_int_or_null(decision->by, decision->by > 0)),
		NULL, fault);

	if (status == STATUS_OK)
		status = sql_exec(session,
				  "update duplicate_tracks set open = 0 "
				  "where group_id = $1",
				  SQL_ARGS(SQL_INT(decision->group_id)), NULL,
				  fault);
	return status;
}

enum status
duplicates_reopen(struct store_session *session, int64_t group_id,
		  struct fault *fault)
{
	int64_t elsewhere = 0;
	enum status status = sql_query_int(
		session,
		"select count(*) from duplicate_tracks m "
		"join duplicate_tracks o on o.track_id = m.track_id "
		"and o.open = 1 where m.group_id = $1",
		SQL_ARGS(SQL_INT(group_id)), &elsewhere, fault);

	if (status != STATUS_OK)
		return status;
	if (elsewhere > 0)
		return fault_field(fault, STATUS_CONFLICT, "state",
				   "a track of this group is in another open "
				   "group: decide about that one first");
	status = sql_exec(session,
			  "update duplicate_groups set state = $2, "
			  "kept_id = null, decided_at = null, "
			  "decided_by = null where id = $1",
			  SQL_ARGS(SQL_INT(group_id),
				   SQL_INT(DUPLICATES_OPEN)),
			  NULL, fault);
	if (status == STATUS_OK)
		status = sql_exec(session,
				  "update duplicate_tracks set open = 1 "
				  "where group_id = $1",
				  SQL_ARGS(SQL_INT(group_id)), NULL, fault);
	return status;
}

static enum status
pair_mark(struct store_session *session, int64_t a, int64_t b, bool dismissed,
	  struct fault *fault)
{
	return sql_exec(session,
			"insert into duplicate_pairs (track_id, other_id, "
			"error_rate, same_audio, dismissed) "
			"values ($1, $2, 1, 0, $3) "
			"on conflict (track_id, other_id) do update "
			"set dismissed = excluded.dismissed",
			SQL_ARGS(SQL_INT(a < b ? a : b), SQL_INT(a < b ? b : a),
				 SQL_INT(dismissed)),
			NULL, fault);
}

enum status
duplicates_pairs_mark(struct store_session *session,
		      const struct duplicate_group *group,
		      int64_t only_track_id, bool dismissed,
		      struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < group->count; i++) {
		int64_t a = group->tracks[i].track.id;

		for (size_t k = i + 1;
		     k < group->count && status == STATUS_OK; k++) {
			int64_t b = group->tracks[k].track.id;

			if (only_track_id == 0 || a == only_track_id ||
			    b == only_track_id)
				status = pair_mark(session, a, b, dismissed,
						   fault);
		}
	}
	return status;
}

static enum status
dismiss_check(const struct duplicate_group *group, int64_t track_id,
	      struct fault *fault)
{
	bool there = track_id == 0;

	if (group->state != DUPLICATES_OPEN)
		return fault_field(fault, STATUS_CONFLICT, "state",
				   "this group was decided about already");
	for (size_t i = 0; i < group->count; i++)
		there = there || group->tracks[i].track.id == track_id;
	return there ? STATUS_OK :
		       fault_field(fault, STATUS_INVALID, "track_id",
				   "track %lld is not in this group",
				   (long long)track_id);
}

/* One track is none of them; the others go on when they are two or more. */
static enum status
track_dismiss(struct store_session *session,
	      const struct duplicate_decision *decision, struct fault *fault)
{
	enum status status = sql_exec(
		session,
		"delete from duplicate_tracks where group_id = $1 "
		"and track_id = $2",
		SQL_ARGS(SQL_INT(decision->group_id),
			 SQL_INT(decision->track_id)),
		NULL, fault);

	if (status == STATUS_OK)
		status = duplicates_weigh(session, decision->group_id, fault);
	return status;
}

enum status
duplicates_dismiss(struct store_session *session,
		   const struct duplicate_decision *decision, int64_t now_ms,
		   struct fault *fault)
{
	struct duplicate_group group;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = duplicates_get(session, decision->group_id, &arena, &group,
				fault);
	if (status == STATUS_OK)
		status = dismiss_check(&group, decision->track_id, fault);
	if (status == STATUS_OK)
		status = duplicates_pairs_mark(session, &group,
					       decision->track_id, true,
					       fault);
	if (status == STATUS_OK && decision->track_id != 0 && group.count > 2)
		status = track_dismiss(session, decision, fault);
	else if (status == STATUS_OK)
		status = duplicates_decide(session, decision,
					   DUPLICATES_DISMISSED, 0, now_ms,
					   fault);
	arena_release(&arena);
	return status;
}
