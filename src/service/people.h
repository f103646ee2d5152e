/* people.h - what admins do with people. The rules:
 *
 *  - nobody changes, removes, signs out or sends a link to somebody of their own
 *    rank or above, but superadmins (themselves and everybody);
 *  - nobody gives a role above their own;
 *  - the last superadmin who can sign in stays one.
 *
 * Each change is written to the audit log in its own transaction.
 *
 * Floor: 4 (service). Threads: all calls block.
 */
#ifndef OGMA_SERVICE_PEOPLE_H
#define OGMA_SERVICE_PEOPLE_H

#include "library/audit.h"
#include "library/invitations.h"
#include "library/users.h"
#include "service/access.h"

#define PEOPLE_BULK_MAX 100

/* STATUS_DENIED by the rules, with a sentence; STATUS_CONFLICT with field "role":
 * the last superadmin; else as users_change(). *out is arena-owned. */
enum status people_change(struct access *access, const struct caller *caller,
			  int64_t id, const struct user_change *change,
			  struct arena *arena, struct user *out,
			  struct fault *fault);

/* Without a password *link is where they choose one. Hashes when there is one.
 * draft->password_hash is not read. */
enum status people_add(struct access *access, const struct caller *caller,
		       const struct user_draft *draft, const char *password,
		       struct arena *arena, struct user *out,
		       const char **link, struct fault *fault);

/* Soft: they cannot sign in any more, their name stays. */
enum status people_remove(struct access *access, const struct caller *caller,
			  int64_t id, struct fault *fault);

enum status people_link(struct access *access, const struct caller *caller,
			int64_t id, struct arena *arena, const char **link,
			int64_t *expires_at_ms, struct fault *fault);
enum status people_sign_out(struct access *access,
			    const struct caller *caller, int64_t id,
			    struct fault *fault);

struct people_outcome {
	int64_t id;
	enum status status;
	char reason[160]; /* when it was not done */
};

/* action: approve, reject, block, activate, delete, role. Each person in a
 * transaction of their own; what is refused does not stop the others. */
#define PEOPLE_ACTIONS "approve|reject|block|activate|delete|role"
void people_bulk(struct access *access, const struct caller *caller,
		 const char *action, const char *role, const int64_t *ids,
		 size_t count, struct people_outcome *out);

/* The change an action stands for; false for "delete". */
bool people_action(const char *action, const char *role, int64_t by,
		   struct user_change *out);

/* Fills id, prefix and created_at. *code is arena-owned, seen only now. */
enum status people_invite(struct access *access, const struct caller *caller,
			  struct invitation *invitation, struct arena *arena,
			  const char **code, const char **link,
			  struct fault *fault);
enum status people_uninvite(struct access *access,
			    const struct caller *caller, int64_t id,
			    struct fault *fault);

/* The row of the audit log for who was made ("create") or got a new password
 * ("update") by other ways than these: the command line, a link. */
enum status people_note(struct store_session *session,
			const struct audit_actor *actor, const char *action,
			int64_t id, struct fault *fault);

/* Inside a transaction that began with users_lock(): STATUS_CONFLICT with field
 * "role" when this is the last superadmin who can sign in. */
enum status people_keep_superadmin(struct store_session *session, int64_t id,
				   struct fault *fault);

#endif /* OGMA_SERVICE_PEOPLE_H */
