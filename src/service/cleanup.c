/* cleanup.c - the job that looks at what changed, and keeps the suggestions in
 * step with it; see cleanup.h.
 *
 * Where it ended is kept for each kind of thing, so that a job looks at what
 * changed since, and one that broke off goes on. Things are read and judged on
 * a snapshot; only what differs is written. */
#include "service/cleanup.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "library/summary.h"
#include "service/job.h"

#define RULES_VERSION 1 /* a new one looks at everything again */
#define BATCH 100
#define CHANGES_MAX ((size_t)BATCH * CLEANUP_RULES_MAX)
#define AGAIN_MS 60000 /* changes that were not committed at the last look */
#define NOTE_MS 700

const struct option cleanup_options[] = {
	{ .name = "CLEANUP_AUTOMATIC", .type = OPTION_TEXT, .preset = "",
	  .summary = "Rules of the clean-up, commas between, whose suggestions "
		     "are accepted without asking: white_space, composition, "
		     "…; all are listed with an undo.",
	  .offset = offsetof(struct cleanup_settings, automatic) },
	{ 0 },
};

enum status
cleanup_settings_check(const struct cleanup_settings *settings,
		       struct fault *fault)
{
	struct span rest = span_of(settings->automatic), name;
	enum status status = STATUS_OK;
	struct arena arena;

	arena_init(&arena);
	while (status == STATUS_OK && rest.length > 0 &&
	       span_next(&rest, ',', &name)) {
		const struct cleanup_rule *rule;

		name = span_trim(name);
		rule = cleanup_rule_find(
			arena_copy_bytes(&arena, name.at, name.length));
		if (rule == NULL || !rule->suggests)
			status = fault_field(
				fault, STATUS_INVALID, "CLEANUP_AUTOMATIC",
				"CLEANUP_AUTOMATIC: \"%.*s\" is no rule that "
				"suggests something",
				(int)(name.length > 40 ? 40 : name.length),
				name.at);
	}
	arena_release(&arena);
	return status;
}

/* ---- one batch ---------------------------------------------------------------------- */

struct looking {
	enum edit_kind kind;
	int64_t id; /* only this one; 0: what changed */
	int64_t since_ms, after_id;
	int64_t now_ms;
	struct arena arena;
	size_t count; /* of things looked at */
	struct suggestion *puts;
	int64_t *removes;
	size_t put_count, remove_count;
};

static const struct suggestion *
suggestion_find(const struct suggestion *list, size_t count, int64_t thing_id,
		const char *rule)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].thing_id == thing_id &&
		    strcmp(list[i].rule, rule) == 0)
			return &list[i];
	return NULL;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* What was decided stays so: only an accepted one whose thing has become
 * something else since is asked about again. */
static bool
must_put(const struct suggestion *found, const struct suggestion *kept)
{
	if (kept == NULL)
		return true;
	if (kept->state == SUGGESTION_ACCEPTED)
		return strcmp(found->was, kept->was) != 0;
	if (kept->state != SUGGESTION_OPEN)
		return false;
	return strcmp(found->was, kept->was) != 0 ||
	       !same_text(found->becomes, kept->becomes) ||
	       !same_text(found->change, kept->change) ||
	       found->confidence != kept->confidence;
}

static enum status
thing_compare(struct store_session *session, struct looking *looking,
	      const struct suspect *thing, const struct suggestion *kept,
	      size_t kept_count, struct fault *fault)
{
	struct suggestion *found = arena_new(
		&looking->arena, struct suggestion, CLEANUP_RULES_MAX);
	size_t count = 0;
	enum status status = cleanup_examine(session, thing, looking->now_ms,
					     &looking->arena, found, &count,
					     fault);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count; i++)
		if (must_put(&found[i],
			     suggestion_find(kept, kept_count, thing->id,
					     found[i].rule)))
			looking->puts[looking->put_count++] = found[i];
	for (size_t i = 0; i < kept_count; i++)
		if (kept[i].thing_id == thing->id &&
		    kept[i].state == SUGGESTION_OPEN &&
		    suggestion_find(found, count, thing->id, kept[i].rule) ==
			    NULL)
			looking->removes[looking->remove_count++] = kept[i].id;
	return STATUS_OK;
}

static enum status
look_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct looking *looking = cookie;
	struct suggestion *kept;
	struct suspect *things;
	int64_t ids[BATCH];
	size_t kept_count = 0;
	enum status status;

	arena_reset(&looking->arena);
	looking->put_count = looking->remove_count = 0;
	looking->puts = arena_new(&looking->arena, struct suggestion,
				  CHANGES_MAX);
	looking->removes = arena_new(&looking->arena, int64_t, CHANGES_MAX);
	status = suspects_read(session, looking->kind, looking->since_ms,
			       looking->after_id, looking->id, BATCH,
			       &looking->arena, &things, &looking->count,
			       fault);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < looking->count; i++)
		ids[i] = things[i].id;
	status = suggestions_of(session, looking->kind, ids, looking->count,
				&looking->arena, &kept, &kept_count, fault);
	for (size_t i = 0; status == STATUS_OK && i < looking->count; i++)
		status = thing_compare(session, looking, &things[i], kept,
				       kept_count, fault);
	if (status == STATUS_OK && looking->count > 0 && looking->id == 0) {
		looking->since_ms = things[looking->count - 1].updated_at_ms;
		looking->after_id = things[looking->count - 1].id;
	}
	return status;
}

static enum status
look_apply(struct store_session *session, const struct looking *looking,
	   struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; status == STATUS_OK && i < looking->put_count; i++)
		status = suggestions_put(session, &looking->puts[i],
					 looking->now_ms, fault);
	for (size_t i = 0; status == STATUS_OK && i < looking->remove_count;
	     i++)
		status = suggestions_remove(session, looking->removes[i],
					    fault);
	return status;
}

enum status
cleanup_look_again(struct store_session *session, enum edit_kind kind,
		   int64_t id, struct fault *fault)
{
	struct looking looking = { .kind = kind, .id = id,
				   .now_ms = clock_now_ms() };
	enum status status;

	arena_init(&looking.arena);
	status = look_read(session, &looking, fault);
	if (status == STATUS_OK)
		status = look_apply(session, &looking, fault);
	arena_release(&looking.arena);
	return status;
}

/* ---- where it ended ---------------------------------------------------------------------- */

static const char *
seen_name(enum edit_kind kind)
{
	return kind == EDIT_TRACK ? "cleanup_tracks" :
	       kind == EDIT_ALBUM ? "cleanup_albums" :
				    "cleanup_artists";
}

static enum status
seen_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct looking *looking = cookie;
	const char *value = NULL;
	long long since;
	int version;
	enum status status = library_meta_get(session,
					      seen_name(looking->kind),
					      &looking->arena, &value, fault);

	looking->since_ms = looking->after_id = 0;
	if (status == STATUS_OK && value != NULL &&
	    sscanf(value, "%d %lld", &version, &since) == 2 &&
	    version == RULES_VERSION && since > AGAIN_MS)
		looking->since_ms = since - AGAIN_MS;
	return status;
}

static enum status
look_save(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct looking *looking = cookie;
	char value[64];
	enum status status = look_apply(session, looking, fault);

	snprintf(value, sizeof value, "%d %lld", RULES_VERSION,
		 (long long)looking->since_ms);
	if (status == STATUS_OK)
		status = library_meta_set(session, seen_name(looking->kind),
					  value, fault);
	return status;
}

/* ---- the job ------------------------------------------------------------------------------ */

struct cleaning {
	const struct cleanup *cleanup;
	struct job *job;
	struct job_progress progress;
	int64_t noted_ms;
	int64_t found, accepted;
};

static enum status
cleaning_note(struct cleaning *cleaning, struct fault *fault)
{
	int64_t now = clock_monotonic_ms();

	if (job_stopping(cleaning->job))
		return STATUS_CANCELLED;
	if (now - cleaning->noted_ms < NOTE_MS)
		return STATUS_OK;
	cleaning->noted_ms = now;
	return job_note(cleaning->job, &cleaning->progress, fault);
}

static enum status
look_at_kind(struct cleaning *cleaning, enum edit_kind kind,
	     struct fault *fault)
{
	struct store *store = cleaning->cleanup->store;
	struct looking looking = { .kind = kind, .now_ms = clock_now_ms() };
	enum status status;

	arena_init(&looking.arena);
	status = store_read(store, seen_read, &looking, fault);
	while (status == STATUS_OK) {
		status = store_read(store, look_read, &looking, fault);
		if (status != STATUS_OK || looking.count == 0)
			break;
		status = store_write(store, look_save, &looking, fault);
		cleaning->found += (int64_t)looking.put_count;
		cleaning->progress.done += (int64_t)looking.count;
		if (status == STATUS_OK)
			status = cleaning_note(cleaning, fault);
	}
	arena_release(&looking.arena);
	return status;
}

static enum status
accept_rule(struct cleaning *cleaning, const char *rule, struct fault *fault)
{
	enum status status = STATUS_OK;
	int64_t after = 0;
	bool more = true;

	while (status == STATUS_OK && more) {
		status = cleanup_accept_automatic(cleaning->cleanup->store,
						  rule, &after, &more,
						  &cleaning->accepted, fault);
		if (status == STATUS_OK)
			status = cleaning_note(cleaning, fault);
	}
	return status;
}

static enum status
accept_all(struct cleaning *cleaning, struct fault *fault)
{
	struct span rest = span_of(cleaning->cleanup->settings->automatic);
	enum status status = STATUS_OK;
	struct arena arena;
	struct span name;

	arena_init(&arena);
	while (status == STATUS_OK && rest.length > 0 &&
	       span_next(&rest, ',', &name)) {
		name = span_trim(name);
		status = accept_rule(cleaning,
				     arena_copy_bytes(&arena, name.at,
						      name.length),
				     fault);
	}
	arena_release(&arena);
	return status;
}

enum status
cleanup_run(struct job *job, void *cookie, struct fault *fault)
{
	static const enum edit_kind kinds[] = { EDIT_ARTIST, EDIT_ALBUM,
						EDIT_TRACK };
	struct cleaning cleaning = { .cleanup = cookie,
				     .job = job,
				     .progress = { .eta_seconds = -1 } };
	enum status status = STATUS_OK;
	char line[120];

	for (size_t i = 0; status == STATUS_OK && i < ARRAY_LENGTH(kinds); i++)
		status = look_at_kind(&cleaning, kinds[i], fault);
	if (status == STATUS_OK)
		status = accept_all(&cleaning, fault);
	if (status != STATUS_OK)
		return status;
	snprintf(line, sizeof line,
		 "%lld things looked at, %lld suggestions new, %lld accepted "
		 "without asking",
		 (long long)cleaning.progress.done, (long long)cleaning.found,
		 (long long)cleaning.accepted);
	job_log(job, "info", NULL, line);
	return job_note(job, &cleaning.progress, fault);
}
