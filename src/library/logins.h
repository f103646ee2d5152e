/* logins.h - who somebody is elsewhere: Telegram, an OpenID provider.
 *
 * provider is "telegram" or the issuer of the provider; subject is what names
 * one person there for ever.
 *
 * Floor: 3 (library). Threads: a session's.
 */
#ifndef OGMA_LIBRARY_LOGINS_H
#define OGMA_LIBRARY_LOGINS_H

#include "driver/store.h"

#define LOGINS_PER_USER 20

struct user_login {
	const char *provider, *subject;
	int64_t user_id;
	const char *name; /* how they are called there, or NULL */
	int64_t created_at_ms;
};

/* STATUS_CONFLICT with field "login": it belongs to somebody else. The same
 * person again is fine. */
enum status logins_add(struct store_session *session,
		       const struct user_login *login, struct fault *fault);

/* STATUS_NOT_FOUND. Notes the use. */
enum status logins_find(struct store_session *session, const char *provider,
			const char *subject, int64_t *user_id,
			struct fault *fault);

enum status logins_of_user(struct store_session *session, int64_t user_id,
			   struct arena *arena, struct user_login **out,
			   size_t *count, struct fault *fault);

/* STATUS_NOT_FOUND when there is none. */
enum status logins_remove(struct store_session *session, int64_t user_id,
			  const char *provider, struct fault *fault);
enum status logins_remove_all(struct store_session *session, int64_t user_id,
			      struct fault *fault);

#endif /* OGMA_LIBRARY_LOGINS_H */
