/* invitations.h - codes with which people may register, and links that work once.
 *
 * Floor: 3 (library). Threads: a session's.
 */
#ifndef OGMA_LIBRARY_INVITATIONS_H
#define OGMA_LIBRARY_INVITATIONS_H

#include "base/digest.h"
#include "driver/store.h"
#include "library/page.h"

#define INVITATION_NOTE_MAX_BYTES 200

struct invitation {
	int64_t id;
	const char *prefix; /* of the code, to tell them apart */
	const char *role;   /* who registers with it becomes this */
	const char *note;   /* NULL: none */
	int64_t uses, uses_max;
	int64_t created_by; /* 0: the operator */
	int64_t created_at_ms, expires_at_ms, revoked_at_ms; /* 0: never */
};

struct invitation_list {
	struct invitation *items;
	size_t count;
	struct page_info page;
};

enum status invitations_add(struct store_session *session,
			    const struct invitation *invitation,
			    const uint8_t hash[SHA256_BYTES], int64_t *id,
			    struct fault *fault);

/* Counts one use. STATUS_DENIED with field "invitation": unknown, spent, revoked
 * or expired. *role is arena-owned. */
enum status invitations_use(struct store_session *session,
			    const uint8_t hash[SHA256_BYTES],
			    struct arena *arena, const char **role,
			    struct fault *fault);

struct invitation_filter { /* NULL: any */
	const char *text; /* part of the note or of the code's beginning */
	const char *role;
	const bool *open; /* can be used at now_ms, or is over */
	int64_t now_ms;
	const char *sort; /* NULL: the first of them */
};
#define INVITATION_SORTS \
	"-created_at|created_at|expires_at|-expires_at|-uses"

enum status invitations_list(struct store_session *session,
			     const struct invitation_filter *filter,
			     const struct page_request *page,
			     struct arena *arena, struct invitation_list *out,
			     struct fault *fault);
enum status invitations_get(struct store_session *session, int64_t id,
			    struct arena *arena, struct invitation *out,
			    struct fault *fault);
enum status invitations_revoke(struct store_session *session, int64_t id,
			       struct fault *fault);

/* ---- links that work once ------------------------------------------------- */

enum link_purpose {
	LINK_SETUP,    /* makes the first superadmin */
	LINK_PASSWORD, /* sets the password of one person */
};

struct one_time_link {
	int64_t id;
	enum link_purpose purpose;
	int64_t user_id; /* 0: of a setup */
};

/* Older links of the same purpose and person end. */
enum status one_time_links_add(struct store_session *session,
			       enum link_purpose purpose, int64_t user_id,
			       const uint8_t hash[SHA256_BYTES],
			       int64_t expires_at_ms, struct fault *fault);

/* STATUS_NOT_FOUND: unknown, used or expired. */
enum status one_time_links_find(struct store_session *session,
				const uint8_t hash[SHA256_BYTES],
				struct one_time_link *out,
				struct fault *fault);

/* STATUS_NOT_FOUND when somebody was faster. */
enum status one_time_links_spend(struct store_session *session, int64_t id,
				 struct fault *fault);

#endif /* OGMA_LIBRARY_INVITATIONS_H */
