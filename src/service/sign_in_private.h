/* sign_in_private.h - what the files of signing in share.
 *
 * Floor: 4 (service); private to sign_in*.c.
 */
#ifndef OGMA_SERVICE_SIGN_IN_PRIVATE_H
#define OGMA_SERVICE_SIGN_IN_PRIVATE_H

#include "service/access_private.h"
#include "service/sign_in.h"

/* Makes a session in the running transaction and fills *out but its user. */
enum status session_start(struct access *access, struct store_session *session,
			  const struct sign_in_client *client, int64_t user_id,
			  struct arena *arena, struct signed_in *out,
			  struct fault *fault);

/* Reads the user anew, notes the sign-in (and writes it to the audit log for
 * those with rights), starts a session. STATUS_DENIED when they may not. */
enum status session_start_for(struct access *access,
			      struct store_session *session,
			      const struct sign_in_client *client,
			      int64_t user_id, struct arena *arena,
			      struct signed_in *out, struct fault *fault);

/* May one more try be made? STATUS_AGAIN_LATER with how long to wait. `known`:
 * the account signed in from this address before. */
enum status guess_begin(struct access *access, const char *name,
			const char *address, bool known,
			uint32_t *retry_after_seconds, struct fault *fault);
void guess_failed(struct access *access, const char *name);
void guess_was_right(struct access *access, const char *name,
		     const char *address);

/* Hashing gives way to everything else this machine does. */
void thread_step_back(void);

/* STATUS_DENIED with field "registration" or the role and state of somebody
 * new. An invitation is used up in the running transaction. */
enum status sign_up_terms(struct access *access, struct store_session *session,
			  const char *invitation, struct arena *arena,
			  const char **role, const char **state,
			  struct fault *fault);

#endif /* OGMA_SERVICE_SIGN_IN_PRIVATE_H */
