/* forms_people.h - the JSON forms of people and what is theirs; their shapes are
 * in schemas.c.
 *
 * Floor: 5 (api). Threads: no shared state.
 */
#ifndef OGMA_API_FORMS_PEOPLE_H
#define OGMA_API_FORMS_PEOPLE_H

#include "api/call.h"
#include "library/audit.h"
#include "library/invitations.h"
#include "library/keys.h"
#include "library/logins.h"
#include "library/sessions.h"
#include "service/sign_in.h"

/* With `open` the object is left open for more members. */
void form_user(struct json_writer *json, const struct user *user, bool open);
void form_session(struct json_writer *json, const struct sign_in *session,
		  int64_t current_id);
void form_key(struct json_writer *json, const struct api_key *key, bool open);
void form_login(struct json_writer *json, const struct user_login *login);
void form_invitation(struct json_writer *json,
		     const struct invitation *invitation, bool open);
void form_audit(struct json_writer *json, const struct audit_row *row);

void form_sessions(struct json_writer *json, const char *name,
		   const struct sign_in *list, size_t count,
		   int64_t current_id);
void form_keys(struct json_writer *json, const char *name,
	       const struct api_key *list, size_t count);
void form_logins(struct json_writer *json, const char *name,
		 const struct user_login *list, size_t count);

/* "read", "write", "admin" of scope bits, as a member. */
void form_scopes(struct json_writer *json, const char *name, unsigned scopes);

/* A file to save, of the "format" the address asks for; takes the buffer. */
void answer_export(struct call *call, const char *name, struct buffer *file);

/* What a sign-in answers, with the cookie when there is one. */
void answer_signed_in(struct call *call, unsigned status,
		      const struct signed_in *signed_in);

/* What somebody did, for the platform's statistics. */
void call_note_activity(struct call *call, const char *action,
			int64_t user_id);

/* That, or what it failed by. A success is given back to the limit of sign-ins,
 * but for registrations (201), and noted as `activity` (NULL: not at all). */
void answer_outcome(struct call *call, enum status status, unsigned success,
		    const char *activity, const struct signed_in *signed_in,
		    const struct fault *fault);

/* Ways to sign in are a person's to change, not those of a key that somebody may
 * have found; false: answered 403. */
bool call_by_person(struct call *call);

/* The caller when an account elsewhere is to be linked with theirs, or NULL. A
 * key links nothing. */
const struct caller *caller_who_links(const struct call *call);

/* Where a sign-in comes from; `cookie` as the body says, which only JSON can (a
 * form of another site could post it without being asked). */
struct sign_in_client call_client(const struct call *call);

/* The browser speaks TLS with us, or with the proxy before us. */
bool call_is_secure(const struct call *call);

/* The session cookie, or its end when value is NULL. */
void answer_cookie(struct call *call, const char *value,
		   uint32_t max_age_seconds);

/* Runs the work on a thread for passwords; the call is its own until it has
 * answered. Answers 503 when too many wait. */
typedef void call_work(struct call *call);
void call_on_password_thread(struct call *call, call_work *work);

/* The same on an API worker: for what runs on the loop at first because a proof
 * that came along does not matter. */
void call_on_worker(struct call *call, call_work *work);

/* 429 when the fault is a limit, else call_answer_fault(). */
void answer_sign_in_fault(struct call *call, const struct fault *fault,
			  uint32_t retry_after_seconds);

#endif /* OGMA_API_FORMS_PEOPLE_H */
