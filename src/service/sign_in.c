/* sign_in.c - passwords, refresh tokens, registration; see sign_in.h. */
#include "service/sign_in.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fold.h"
#include "base/log.h"
#include "base/password.h"
#include "library/audit.h"
#include "library/invitations.h"
#include "service/sign_in_private.h"

#define KNOWN_ADDRESS_MS ((int64_t)90 * 86400000)
#define SWEEP_MS 3600000
#define STRANGERS_BURST 30
#define STRANGERS_PER_SECOND 0.05
#define PASSWORD_NICE 5

enum guess_kind { GUESS_PAIR = 100, GUESS_ACCOUNT };

/* ---- against guessing ----------------------------------------------------- */

static struct span
pair_key(const char *name, const char *address, struct arena *arena)
{
	struct address parsed = { { 0 } };
	const char *folded = fold_identity(arena, name);
	struct buffer key;
	struct span span;

	if (address != NULL && address_parse(span_of(address), &parsed))
		parsed = address_group(&parsed);
	buffer_init(&key, 0);
	buffer_add_text(&key, folded);
	buffer_add_char(&key, '\0');
	buffer_add(&key, parsed.bytes, sizeof parsed.bytes);
	span = (struct span){ arena_copy_bytes(arena, key.bytes, key.length),
			      key.length };
	buffer_release(&key);
	return span;
}

static const struct bucket_rate strangers = { STRANGERS_PER_SECOND,
					      STRANGERS_BURST };

/* The pair's token is taken at once, so that many tries at the same time do not
 * all get through; the account's only by failures. */
enum status
guess_begin(struct access *access, const char *name, const char *address,
	    bool known, uint32_t *retry_after_seconds, struct fault *fault)
{
	struct buckets *buckets = limits_buckets(access->limits);
	int64_t now_ms = clock_monotonic_ms();
	uint32_t wait_ms = 0;
	struct arena arena;

	arena_init(&arena);
	if (!known && limits_login_rate(access->limits).burst > 0)
		wait_ms = buckets_look(buckets, GUESS_ACCOUNT,
				       span_of(fold_identity(&arena, name)),
				       strangers, now_ms);
	if (wait_ms == 0)
		wait_ms = buckets_take(buckets, GUESS_PAIR,
				       pair_key(name, address, &arena),
				       limits_login_rate(access->limits),
				       now_ms);
	arena_release(&arena);
	if (wait_ms == 0)
		return STATUS_OK;
	*retry_after_seconds = (wait_ms + 999) / 1000;
	return fault_field(fault, STATUS_AGAIN_LATER, "login",
			   "too many tries; wait %u seconds",
			   *retry_after_seconds);
}

void
guess_failed(struct access *access, const char *name)
{
	struct arena arena;

	arena_init(&arena);
	buckets_take(limits_buckets(access->limits), GUESS_ACCOUNT,
		     span_of(fold_identity(&arena, name)), strangers,
		     clock_monotonic_ms());
	arena_release(&arena);
}

void
guess_was_right(struct access *access, const char *name, const char *address)
{
	struct arena arena;

	arena_init(&arena);
	buckets_return(limits_buckets(access->limits), GUESS_PAIR,
		       pair_key(name, address, &arena),
		       limits_login_rate(access->limits),
		       clock_monotonic_ms());
	arena_release(&arena);
}

void
thread_step_back(void)
{
	static _Thread_local bool done;

	if (!done)
		setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid),
			    PASSWORD_NICE);
	done = true;
}

/* ---- sessions ------------------------------------------------------------- */

static enum status
start_tokens(struct access *access, struct store_session *session,
	     struct sign_in *row, struct arena *arena, struct signed_in *out,
	     struct fault *fault)
{
	const char *family = secret_make(arena, "");
	const char *refresh = secret_make(arena, "");
	int64_t now_ms = clock_now_ms();
	struct token_claims claims = {
		.user_id = row->user_id,
		.issued_at_ms = now_ms,
		.expires_at_ms = now_ms +
				 (int64_t)access->settings.access_minutes *
					 60000,
	};
	enum status status;

	row->kind = SESSION_OF_TOKENS;
	secret_hash(span_of(family), row->family_hash);
	secret_hash(span_of(refresh), row->refresh_hash);
	status = sessions_add(session, row, &out->session_id, fault);
	if (status != STATUS_OK)
		return status;
	claims.session_id = out->session_id;
	out->refresh_token = arena_print(arena, "%lld.%s.%s",
					 (long long)out->session_id, family,
					 refresh);
	out->access_token = token_sign(&access->ring, &claims, arena);
	out->expires_in_seconds = access->settings.access_minutes * 60;
	return STATUS_OK;
}

static enum status
start_cookie(struct access *access, struct store_session *session,
	     struct sign_in *row, struct arena *arena, struct signed_in *out,
	     struct fault *fault)
{
	struct span secret = span_of(secret_make(arena, ""));
	enum status status;

	row->kind = SESSION_OF_COOKIE;
	secret_hash(secret, row->family_hash);
	status = sessions_add(session, row, &out->session_id, fault);
	if (status != STATUS_OK)
		return status;
	out->cookie = arena_print(arena, "%lld.%.*s",
				  (long long)out->session_id,
				  (int)secret.length, secret.at);
	out->csrf_token = csrf_of(secret, arena);
	out->expires_in_seconds = access->settings.refresh_days * 86400;
	return STATUS_OK;
}

enum status
session_start(struct access *access, struct store_session *session,
	      const struct sign_in_client *client, int64_t user_id,
	      struct arena *arena, struct signed_in *out, struct fault *fault)
{
	struct sign_in row = { .user_id = user_id,
			       .address = client->address,
			       .user_agent = client->user_agent,
			       .expires_at_ms = session_expiry_ms(access) };

	return client->cookie ? start_cookie(access, session, &row, arena, out,
					     fault) :
				start_tokens(access, session, &row, arena, out,
					     fault);
}

static enum status
may_sign_in(const struct user *user, struct fault *fault)
{
	if (user_may_sign_in(user))
		return STATUS_OK;
	if (strcmp(user->status, "pending") == 0)
		return fault_field(fault, STATUS_DENIED, "pending",
				   "this account waits for approval");
	return fault_field(fault, STATUS_DENIED, "blocked",
			   "this account is blocked");
}

/* Old rows go when somebody signs in, once an hour at most. They are kept for as
 * long as their addresses are known (KNOWN_ADDRESS_MS). */
static enum status
sweep(struct access *access, struct store_session *session,
      struct fault *fault)
{
	int64_t now_ms = clock_monotonic_ms();

	if (access->swept_ms != 0 && now_ms - access->swept_ms < SWEEP_MS)
		return STATUS_OK;
	access->swept_ms = now_ms;
	return sessions_sweep(session, clock_now_ms() - KNOWN_ADDRESS_MS,
			      fault);
}

enum status
session_start_for(struct access *access, struct store_session *session,
		  const struct sign_in_client *client, int64_t user_id,
		  struct arena *arena, struct signed_in *out,
		  struct fault *fault)
{
	const struct audit_actor actor = { user_id, client->address,
					   client->user_agent };
	enum status status;

	*out = (struct signed_in){ 0 };
	status = users_get(session, user_id, arena, &out->user, fault);
	if (status == STATUS_OK)
		status = may_sign_in(&out->user, fault);
	if (status == STATUS_OK)
		status = users_note_login(session, user_id, fault);
	if (status == STATUS_OK)
		status = sweep(access, session, fault);
	if (status == STATUS_OK &&
	    user_role_of(out->user.role) >= USER_ROLE_MODERATOR)
		status = audit_write(session, &actor, "login", "user", user_id,
				     NULL, NULL, fault);
	if (status == STATUS_OK)
		status = session_start(access, session, client, user_id, arena,
				       out, fault);
	out->user.last_login_at_ms = clock_now_ms();
	return status;
}

/* ---- with a password ------------------------------------------------------ */

struct attempt {
	struct access *access;
	const struct sign_in_client *client;
	const char *name;
	struct arena *arena;
	int64_t user_id; /* 0: nobody has the name */
	const char *hash; /* NULL: no password */
	bool known;      /* the address */
	const char *better_hash; /* to keep instead, or NULL */
	struct signed_in *out;
};

static enum status
attempt_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct attempt *attempt = cookie;
	struct user user;
	enum status status = users_find(session, attempt->name, attempt->arena,
					&user, fault);

	attempt->user_id = 0;
	attempt->hash = NULL;
	attempt->known = false;
	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	attempt->user_id = user.id;
	status = users_password_hash(session, user.id, attempt->arena,
				     &attempt->hash, fault);
	if (status == STATUS_OK && attempt->client->address != NULL)
		status = sessions_know_address(session, user.id,
					       attempt->client->address,
					       clock_now_ms() -
						       KNOWN_ADDRESS_MS,
					       &attempt->known, fault);
	return status;
}

static bool
attempt_fits(const struct attempt *attempt, const char *password)
{
	thread_step_back();
	if (attempt->hash != NULL)
		return password_matches(password, attempt->hash);
	password_pretend(password);
	return false;
}

static enum status
attempt_write(struct store_session *session, void *cookie,
	      struct fault *fault)
{
	struct attempt *attempt = cookie;
	enum status status = session_start_for(attempt->access, session,
					       attempt->client,
					       attempt->user_id,
					       attempt->arena, attempt->out,
					       fault);

	if (status == STATUS_OK && attempt->better_hash != NULL)
		status = users_upgrade_password(session, attempt->user_id,
						attempt->hash,
						attempt->better_hash, fault);
	return status;
}

static enum status
wrong_pair(struct access *access, const char *name, const char *address,
	   struct fault *fault)
{
	guess_failed(access, name);
	log_info("access", "sign-in refused",
		 LOG_TEXT("address", address != NULL ? address : ""));
	return fault_field(fault, STATUS_UNAUTHENTICATED, "login",
			   "that name and password do not go together");
}

enum status
sign_in_password(struct access *access, const struct sign_in_client *client,
		 const char *name, const char *password, struct arena *arena,
		 struct signed_in *out, struct fault *fault)
{
	struct attempt attempt = { .access = access,
				   .client = client,
				   .name = name,
				   .arena = arena,
				   .out = out };
	char better[PASSWORD_HASH_BYTES];
	enum status status = store_read(access->store, attempt_read, &attempt,
					fault);

	*out = (struct signed_in){ 0 };
	if (status == STATUS_OK)
		status = guess_begin(access, name, client->address,
				     attempt.known, &out->retry_after_seconds,
				     fault);
	if (status != STATUS_OK)
		return status;
	if (!attempt_fits(&attempt, password))
		return wrong_pair(access, name, client->address, fault);
	guess_was_right(access, name, client->address);
	if (password_is_outdated(attempt.hash) &&
	    password_hash(password, better, NULL) == STATUS_OK)
		attempt.better_hash = better;
	return store_write(access->store, attempt_write, &attempt, fault);
}

/* ---- changing it ---------------------------------------------------------- */

struct password_change {
	struct access *access;
	const struct caller *caller;
	struct arena arena;
	const char *old_hash;
	const char *new_hash;
};

static enum status
old_hash_read(struct store_session *session, void *cookie,
	      struct fault *fault)
{
	struct password_change *change = cookie;

	return users_password_hash(session, change->caller->user_id,
				   &change->arena, &change->old_hash, fault);
}

static enum status
password_write(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct password_change *change = cookie;
	const struct caller *caller = change->caller;
	enum status status = users_set_password(session, caller->user_id,
						change->new_hash, fault);

	if (status == STATUS_OK)
		status = sessions_revoke_all(session, caller->user_id,
					     caller->session_id, "password",
					     fault);
	if (status == STATUS_OK && caller->role >= USER_ROLE_MODERATOR)
		status = audit_add(session, caller, "update", "user",
				   caller->user_id, NULL,
				   "{\"changed\":[\"sign-in\"]}", fault);
	return status;
}

static enum status
old_check(struct password_change *change, const char *password,
	  uint32_t *retry_after_seconds, struct fault *fault)
{
	struct access *access = change->access;
	const struct caller *caller = change->caller;
	enum status status = store_read(access->store, old_hash_read, change,
					fault);

	if (status != STATUS_OK || change->old_hash == NULL)
		return status;
	if (password == NULL)
		return fault_field(fault, STATUS_INVALID, "current_password",
				   "the present password is needed");
	status = guess_begin(access, caller->username, caller->address, true,
			     retry_after_seconds, fault);
	if (status != STATUS_OK)
		return status;
	thread_step_back();
	if (!password_matches(password, change->old_hash))
		return fault_field(fault, STATUS_INVALID, "current_password",
				   "that is not the present password");
	guess_was_right(access, caller->username, caller->address);
	return STATUS_OK;
}

enum status
sign_in_check_password(struct access *access, const struct caller *caller,
		       const char *password, uint32_t *retry_after_seconds,
		       struct fault *fault)
{
	struct password_change change = { .access = access,
					  .caller = caller };
	enum status status;

	arena_init(&change.arena);
	status = old_check(&change, password, retry_after_seconds, fault);
	arena_release(&change.arena);
	return status;
}

enum status
sign_in_change_password(struct access *access, const struct caller *caller,
			const char *current, const char *next,
			uint32_t *retry_after_seconds, struct fault *fault)
{
	struct password_change change = { .access = access,
					  .caller = caller };
	char hash[PASSWORD_HASH_BYTES];
	enum status status;

	arena_init(&change.arena);
	status = old_check(&change, current, retry_after_seconds, fault);
	if (status == STATUS_OK)
		status = password_hash(next, hash, fault);
	change.new_hash = hash;
	if (status == STATUS_OK)
		status = store_write(access->store, password_write, &change,
				     fault);
	arena_release(&change.arena);
	if (status == STATUS_OK)
		access_forget(access, caller->user_id);
	return status;
}

/* ---- registering ---------------------------------------------------------- */

enum status
sign_up_terms(struct access *access, struct store_session *session,
	      const char *invitation, struct arena *arena, const char **role,
	      const char **state, struct fault *fault)
{
	const char *rule = access->settings.registration;
	uint8_t hash[SHA256_BYTES];

	*role = "user";
	*state = strcmp(rule, "approval") == 0 ? "pending" : "active";
	if (strcmp(rule, "closed") == 0)
		return fault_field(fault, STATUS_DENIED, "registration",
				   "nobody can register here");
	if (invitation != NULL && *invitation != '\0') {
		secret_hash(span_of(invitation), hash);
		*state = "active";
		return invitations_use(session, hash, arena, role, fault);
	}
	if (strcmp(rule, "invitation") == 0)
		return fault_field(fault, STATUS_DENIED, "invitation",
				   "it takes an invitation to register here");
	return STATUS_OK;
}

struct sign_up_work {
	struct access *access;
	const struct sign_in_client *client;
	const struct sign_up *wanted;
	const char *hash;
	struct arena *arena;
	struct signed_in *out;
};

static enum status
sign_up_write(struct store_session *session, void *cookie,
	      struct fault *fault)
{
	struct sign_up_work *work = cookie;
	struct user_draft draft = { .username = work->wanted->username,
				    .email = work->wanted->email,
				    .full_name = work->wanted->full_name,
				    .password_hash = work->hash };
	int64_t id = 0;
	enum status status = sign_up_terms(work->access, session,
					   work->wanted->invitation,
					   work->arena, &draft.role,
					   &draft.status, fault);

	*work->out = (struct signed_in){ 0 };
	if (status == STATUS_OK)
		status = users_add(session, &draft, &id, fault);
	if (status != STATUS_OK)
		return status;
	if (strcmp(draft.status, "pending") == 0)
		return users_get(session, id, work->arena, &work->out->user,
				 fault);
	return session_start_for(work->access, session, work->client, id,
				 work->arena, work->out, fault);
}

enum status
sign_up(struct access *access, const struct sign_in_client *client,
	const struct sign_up *wanted, struct arena *arena,
	struct signed_in *out, struct fault *fault)
{
	char hash[PASSWORD_HASH_BYTES];
	struct sign_up_work work = { .access = access,
				     .client = client,
				     .wanted = wanted,
				     .hash = hash,
				     .arena = arena,
				     .out = out };
	enum status status;

	if (strcmp(access->settings.registration, "closed") == 0)
		return fault_field(fault, STATUS_DENIED, "registration",
				   "nobody can register here");
	thread_step_back();
	status = password_hash(wanted->password, hash, fault);
	if (status != STATUS_OK)
		return status;
	return store_write(access->store, sign_up_write, &work, fault);
}

/* ---- going on, and ending ------------------------------------------------- */

struct refresh_work {
	struct access *access;
	const struct sign_in_client *client;
	int64_t session_id, user_id;
	uint8_t family[SHA256_BYTES], shown[SHA256_BYTES], next[SHA256_BYTES];
	enum session_rotation rotation;
	struct arena *arena;
	struct signed_in *out;
};

static enum status
refresh_write(struct store_session *session, void *cookie,
	      struct fault *fault)
{
	struct refresh_work *work = cookie;
	enum status status = sessions_rotate(
		session, work->session_id, work->family, work->shown,
		work->next, session_expiry_ms(work->access),
		work->client->address, &work->rotation, &work->user_id, fault);

	if (status != STATUS_OK || work->rotation != ROTATION_DONE)
		return status;
	status = users_get(session, work->user_id, work->arena,
			   &work->out->user, fault);
	if (status == STATUS_OK && !user_may_sign_in(&work->out->user))
		return fault_field(fault, STATUS_UNAUTHENTICATED, "status",
				   "this account may not sign in now");
	return status;
}

static enum status
refresh_answer(struct refresh_work *work, struct span family,
	       const char *secret, struct fault *fault)
{
	struct access *access = work->access;
	int64_t now_ms = clock_now_ms();
	const struct token_claims claims = {
		.user_id = work->user_id,
		.session_id = work->session_id,
		.issued_at_ms = now_ms,
		.expires_at_ms = now_ms +
				 (int64_t)access->settings.access_minutes *
					 60000,
	};

	if (work->rotation == ROTATION_REUSE) {
		access_forget(access, work->user_id);
		log_warning("access", "a spent refresh token was shown: its "
				      "session has ended",
			    LOG_INT("user_id", work->user_id),
			    LOG_INT("session_id", work->session_id));
	}
	if (work->rotation != ROTATION_DONE)
		return fault_field(fault, STATUS_UNAUTHENTICATED, "token",
				   "that refresh token is not valid (any "
				   "more)");
	work->out->session_id = work->session_id;
	work->out->access_token = token_sign(&access->ring, &claims,
					     work->arena);
	work->out->refresh_token = arena_print(
		work->arena, "%lld.%.*s.%s", (long long)work->session_id,
		(int)family.length, family.at, secret);
	work->out->expires_in_seconds = access->settings.access_minutes * 60;
	return STATUS_OK;
}

enum status
sign_in_refresh(struct access *access, const struct sign_in_client *client,
		struct span refresh_token, struct arena *arena,
		struct signed_in *out, struct fault *fault)
{
	struct refresh_work work = { .access = access,
				     .client = client,
				     .arena = arena,
				     .out = out };
	const char *next = secret_make(arena, "");
	struct span family, shown;
	enum status status;

	*out = (struct signed_in){ 0 };
	if (!secret_split(refresh_token, &work.session_id, &family, &shown) ||
	    shown.length == 0)
		return fault_field(fault, STATUS_UNAUTHENTICATED, "token",
				   "that is no refresh token");
	secret_hash(family, work.family);
	secret_hash(shown, work.shown);
	secret_hash(span_of(next), work.next);
	status = store_write(access->store, refresh_write, &work, fault);
	if (status == STATUS_NOT_FOUND)
		return fault_field(fault, STATUS_UNAUTHENTICATED, "token",
				   "this account is gone");
	if (status != STATUS_OK)
		return status;
	return refresh_answer(&work, family, next, fault);
}

struct sign_out_work {
	const struct caller *caller;
	bool everywhere;
};

static enum status
sign_out_write(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	const struct sign_out_work *work = cookie;
	const struct caller *caller = work->caller;
	enum status status;

	if (work->everywhere)
		status = sessions_revoke_all(session, caller->user_id, 0,
					     "logout", fault);
	else
		status = sessions_revoke(session, caller->session_id,
					 caller->user_id, "logout", fault);
	if (status == STATUS_NOT_FOUND)
		status = STATUS_OK; /* it has ended meanwhile */
	if (status == STATUS_OK && caller->role >= USER_ROLE_MODERATOR)
		status = audit_add(session, caller, "logout", "user",
				   caller->user_id, NULL, NULL, fault);
	return status;
}

enum status
sign_out(struct access *access, const struct caller *caller, bool everywhere,
	 struct fault *fault)
{
	struct sign_out_work work = { caller, everywhere };
	enum status status;

	if (!everywhere && caller->session_id == 0)
		return STATUS_OK; /* a key or a proxy: there is no session */
	status = store_write(access->store, sign_out_write, &work, fault);
	access_forget(access, caller->user_id);
	return status;
}
