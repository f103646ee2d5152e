/* audit.h - what people with rights changed: table admin_audit_logs.
 *
 * Rows are only ever added: a trigger of the store refuses to change or remove
 * one. Every change made with the right of a moderator or above adds its row in
 * the transaction of the change itself, so there is never one without the other;
 * and so does every file that somebody sent.
 *
 * Values are JSON objects of what the change was about, before and after. Never
 * put a secret in; text members whose name says password, secret, token, hash,
 * code or api_key are written as "***" all the same.
 *
 * Floor: 3 (library). Threads: a session's.
 */
#ifndef OGMA_LIBRARY_AUDIT_H
#define OGMA_LIBRARY_AUDIT_H

#include "driver/store.h"
#include "library/page.h"

/* Words of `action`. */
#define AUDIT_ACTIONS \
	"create|update|delete|login|logout|view|export|bulk_update|bulk_delete"

struct audit_actor {
	int64_t user_id; /* 0: the operator, by the command line */
	const char *address, *user_agent; /* may be NULL */
};

/* model: "user", "track", "playlist", …; id 0: no single thing. Old and new are
 * JSON objects or NULL. STATUS_INVALID for JSON that is none. */
enum status audit_write(struct store_session *session,
			const struct audit_actor *actor, const char *action,
			const char *model, int64_t model_id,
			const char *old_values, const char *new_values,
			struct fault *fault);

/* The same for anything with the members of struct caller (service/caller.h):
 *	audit_add(session, call->caller, "update", "track", id, old, new, fault)
 */
#define audit_add(session_, caller_, action_, model_, id_, old_, new_, fault_) \
	audit_write((session_),                                               \
		    &(const struct audit_actor){ (caller_)->user_id,          \
						 (caller_)->address,          \
						 (caller_)->user_agent },     \
		    (action_), (model_), (id_), (old_), (new_), (fault_))

/* So that it is on /metrics before the first row. */
void audit_metrics_register(void);

struct audit_row {
	int64_t id, admin_user_id;
	const char *admin_username; /* NULL: the operator */
	const char *action, *model_name;
	int64_t model_id;
	const char *old_values, *new_values; /* JSON, or NULL */
	const char *ip_address, *user_agent; /* or NULL */
	int64_t created_at_ms;
};

struct audit_filter { /* 0 and NULL: any */
	int64_t admin_user_id, model_id;
	const char *action, *model_name;
	int64_t from_ms, to_ms; /* from <= created_at < to */
};

struct audit_list {
	struct audit_row *items;
	size_t count;
	struct page_info page;
};

/* Newest first, or oldest first. */
enum status audit_list(struct store_session *session,
		       const struct audit_filter *filter, bool oldest_first,
		       const struct page_request *page, struct arena *arena,
		       struct audit_list *out, struct fault *fault);

#endif /* OGMA_LIBRARY_AUDIT_H */
