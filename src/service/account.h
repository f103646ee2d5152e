/* account.h - what people do with their own account.
 *
 * Floor: 4 (service). Threads: all calls block.
 */
#ifndef OGMA_SERVICE_ACCOUNT_H
#define OGMA_SERVICE_ACCOUNT_H

#include "library/keys.h"
#include "service/access.h"

struct listening;

/* Name, e-mail, full name. Statuses as users_change(). */
enum status account_change(struct access *access, const struct caller *caller,
			   const struct user_change *change,
			   struct fault *fault);

/* Fills id, prefix and created_at of *key. *text is the key itself, arena-owned:
 * nobody can see it again. */
enum status account_key_add(struct access *access, struct api_key *key,
			    struct arena *arena, const char **text,
			    struct fault *fault);
enum status account_key_remove(struct access *access,
			       const struct caller *caller, int64_t id,
			       struct fault *fault);
enum status account_session_end(struct access *access,
				const struct caller *caller, int64_t id,
				struct fault *fault);

/* provider: "telegram", or anything else for the OpenID provider. STATUS_CONFLICT
 * with field "login" when nothing else would be left to sign in with. */
enum status account_unlink(struct access *access, const struct caller *caller,
			   const char *provider, struct fault *fault);

/* Everything that is kept about somebody, as one JSON object, but secrets.
 * `listening` may be NULL. */
enum status account_export(struct access *access, struct listening *listening,
			   int64_t user_id, struct buffer *out,
			   struct fault *fault);

/* Takes out what says who somebody was, and what was theirs alone. The number
 * stays, so that what others can see keeps an author ("deleted-7").
 * STATUS_CONFLICT with field "role": the last superadmin. */
enum status account_erase(struct access *access, struct listening *listening,
			  const struct caller *caller, struct fault *fault);

#endif /* OGMA_SERVICE_ACCOUNT_H */
