/* cleanup.h - what could be tidied up in the catalogue: rules look at each
 * track, album and artist that changed and make suggestions; people accept or
 * dismiss them.
 *
 * An accepted suggestion is an edit like any other (service/edit.h): it stands
 * over what the files say, has its row in the audit log, and can be undone.
 * "Dismissed" holds for that rule and thing for ever. Rules that the setting
 * CLEANUP_AUTOMATIC names are accepted by themselves; none is by default, for
 * an edit keeps later corrections of the file's tags from showing.
 *
 * cleanup.c         the job that looks at things, and the setting
 * cleanup_rules.c   the rules
 * cleanup_decide.c  accepting, dismissing, undoing
 *
 * Threads: all calls may block: from workers.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_CLEANUP_H
#define OGMA_SERVICE_CLEANUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/option.h"
#include "library/suggestions.h"
#include "service/caller.h"
#include "service/edit.h"

struct job;

struct cleanup_settings {
	const char *automatic; /* CLEANUP_AUTOMATIC: names, commas between */
};
extern const struct option cleanup_options[];

/* STATUS_INVALID with the setting's name when it names no rule that suggests
 * something. */
enum status cleanup_settings_check(const struct cleanup_settings *settings,
				   struct fault *fault);

/* ---- rules -------------------------------------------------------------------- */

struct cleanup_rule {
	const char *name;
	bool suggests; /* else it only points at what a person has to look at */
	const char *en, *ru; /* a sentence for people */
};
extern const struct cleanup_rule cleanup_rules[]; /* ends with a NULL name */
#define CLEANUP_RULES_MAX 32

const struct cleanup_rule *cleanup_rule_find(const char *name); /* or NULL */

/* What the rules find at one thing: at most CLEANUP_RULES_MAX, arena-owned. */
enum status cleanup_examine(struct store_session *session,
			    const struct suspect *suspect, int64_t now_ms,
			    struct arena *arena, struct suggestion *out,
			    size_t *count, struct fault *fault);

/* Text that was read in the wrong code page ("Êèíî", "РљРёРЅРѕ"); NULL: it was
 * not. A pure function, arena-owned. */
const char *cleanup_unscramble(struct arena *arena, const char *text);

/* ---- the job -------------------------------------------------------------------- */

#define CLEANUP_JOB "cleanup"

struct cleanup { /* the cookie of the job; borrowed */
	struct store *store;
	const struct cleanup_settings *settings;
};

/* The row of the table of job kinds. */
enum status cleanup_run(struct job *job, void *cookie, struct fault *fault);

/* Brings the suggestions about one thing up to date; in a transaction. */
enum status cleanup_look_again(struct store_session *session,
			       enum edit_kind kind, int64_t id,
			       struct fault *fault);

/* ---- deciding -------------------------------------------------------------------- */

enum cleanup_action { CLEANUP_ACCEPT, CLEANUP_DISMISS, CLEANUP_UNDO };

/* One suggestion. STATUS_NOT_FOUND. STATUS_CONFLICT: it is not open (to undo:
 * not accepted), the thing is not as it was since, or the edit collides.
 * STATUS_INVALID: there is nothing to accept. */
enum status cleanup_decide(const struct editor *editor,
			   const struct caller *caller,
			   enum cleanup_action action, int64_t id,
			   struct fault *fault);

/* Several, each by itself, in one transaction: those of `ids`, or when there is
 * none the first open ones of `rule` that can be accepted. *count is at most
 * CLEANUP_BULK_MAX; `out` has that room. */
#define CLEANUP_BULK_MAX 200
enum status cleanup_bulk(const struct editor *editor,
			 const struct caller *caller,
			 enum cleanup_action action, const char *rule,
			 const int64_t *ids, size_t id_count,
			 struct edit_outcome *out, size_t *count,
			 struct fault *fault);

/* Accepts what CLEANUP_AUTOMATIC names, one step; *more: call again. */
enum status cleanup_accept_automatic(struct store *store, const char *rule,
				     int64_t *after, bool *more,
				     int64_t *accepted, struct fault *fault);

#endif /* OGMA_SERVICE_CLEANUP_H */
