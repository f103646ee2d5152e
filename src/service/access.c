/* access.c - see access.h. */
#include "service/access.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "library/keys.h"
#include "library/summary.h"
#include "service/access_private.h"

#define KEY_BYTES 48          /* of a signing key of our own */
#define TOUCH_MS 300000       /* "last used" of sessions, to five minutes */
#define KEY_TOUCH_MS 60000    /* of keys, to a minute */
#define SECRET_TEXT_BYTES 200 /* longest thing a client shows, but tokens */

#define ROW(field_) .offset = offsetof(struct access_settings, field_)

const struct option access_options[] = {
	{ .name = "MEMBERS_ONLY", .type = OPTION_BOOL, .preset = "false",
	  .summary = "Show the library to nobody who is not signed in.",
	  ROW(members_only) },
	{ .name = "REGISTRATION", .type = OPTION_TEXT, .preset = "invitation",
	  .summary = "Who may register: open (anybody), invitation (with a "
		     "code), approval (anybody, an admin decides) or closed.",
	  ROW(registration) },
	{ .name = "PUBLIC_URL", .type = OPTION_TEXT, .preset = "",
	  .summary = "Where people reach this server, such as "
		     "https://music.example.org; for links, cookies and "
		     "single sign-on.",
	  ROW(public_url) },
	{ .name = "API_JWT_SECRET", .type = OPTION_TEXT, .preset = "",
	  .secret = true,
	  .summary = "Signs access tokens (32 bytes or more); empty: "
		     "SECRET_KEY, or a key of our own.",
	  ROW(jwt_secret) },
	{ .name = "SECRET_KEY", .type = OPTION_TEXT, .preset = "",
	  .secret = true,
	  .summary = "Seals keys of other servers in the store. Signs access "
		     "tokens when API_JWT_SECRET is empty, and is believed "
		     "beside it.",
	  ROW(secret_key) },
	{ .name = "ADMIN_SECRET_KEY", .type = OPTION_TEXT, .preset = "",
	  .secret = true,
	  .summary = "Signs access tokens when neither of the two above is "
		     "set, and is believed beside them.",
	  ROW(admin_key) },
	{ .name = "API_JWT_OLD_SECRETS", .type = OPTION_TEXT, .preset = "",
	  .secret = true,
	  .summary = "Former secrets, comma separated, whose tokens are "
		     "believed until they expire.",
	  ROW(old_secrets) },
	{ .name = "JWT_ISSUER", .type = OPTION_TEXT, .preset = "ogma",
	  .summary = "The iss of access tokens.", ROW(jwt_issuer) },
	{ .name = "JWT_AUDIENCE", .type = OPTION_TEXT, .preset = "ogma",
	  .summary = "The aud of access tokens.", ROW(jwt_audience) },
	{ .name = "JWT_SKEW_SECONDS", .type = OPTION_U32, .preset = "60",
	  .unit = "seconds", .max = 600,
	  .summary = "How much the clocks of two servers may differ.",
	  ROW(jwt_skew_seconds) },
	{ .name = "ACCESS_TOKEN_MINUTES", .type = OPTION_U32, .preset = "15",
	  .unit = "minutes", .min = 1, .max = 1440,
	  .summary = "Life of an access token.", ROW(access_minutes) },
	{ .name = "REFRESH_TOKEN_DAYS", .type = OPTION_U32, .preset = "30",
	  .unit = "days", .min = 1, .max = 3650,
	  .summary = "How long a session lives without being used.",
	  ROW(refresh_days) },
	{ .name = "ADMIN_SESSION_LIFETIME", .type = OPTION_U32,
	  .preset = "0", .unit = "seconds", .max = 31536000,
	  .summary = "An admin has to sign in again after so long; 0: as "
		     "everybody.",
	  ROW(admin_seconds) },
	{ .name = "PASSWORD_MEMORY_KIB", .type = OPTION_U32,
	  .preset = "19456", .min = 1024, .max = 1048576, .unit = "KiB",
	  .summary = "Memory that hashing a password takes: more makes stolen "
		     "hashes dearer to guess and signing in slower. A hash "
		     "that took another is made anew at the next sign-in.",
	  ROW(password_memory_kib) },
	{ .name = "PASSWORD_THREADS", .type = OPTION_U32, .preset = "0",
	  .max = 64, .unit = "threads",
	  .summary = "Passwords hashed at the same time (PASSWORD_MEMORY_KIB "
		     "each); 0: half the cores.",
	  ROW(password_threads) },
	{ .name = "PASSWORD_QUEUE_MAX", .type = OPTION_U32, .preset = "100",
	  .min = 1, .max = 10000, .unit = "requests",
	  .summary = "Sign-ins that may wait for that; more are answered 503.",
	  ROW(password_queue_max) },
	{ .name = "AUTH_PROXY_FIELD", .type = OPTION_TEXT, .preset = "",
	  .summary = "Header field in which a reverse proxy names who is "
		     "signed in, such as Remote-User; empty: none is believed.",
	  ROW(proxy_field) },
	{ .name = "AUTH_PROXY_ADDRESSES", .type = OPTION_TEXT, .preset = "",
	  .summary = "Addresses and networks of the proxies whose "
		     "AUTH_PROXY_FIELD is believed.",
	  ROW(proxy_addresses) },
	{ .name = "AUTH_PROXY_CREATES", .type = OPTION_BOOL,
	  .preset = "false",
	  .summary = "Make an account for a name that a proxy sends and nobody "
		     "has.",
	  ROW(proxy_creates) },
	{ .name = "TELEGRAM_BOT_TOKEN", .type = OPTION_TEXT, .preset = "",
	  .secret = true,
	  .summary = "Token of the bot whose Mini App and login widget sign "
		     "people in, and of `ogma telegram login --bot`; empty: "
		     "none.",
	  ROW(telegram_bot_token) },
	{ .name = "TELEGRAM_BOT_NAME", .type = OPTION_TEXT, .preset = "",
	  .summary = "Username of that bot, without @, for links to it.",
	  ROW(telegram_bot_name) },
	{ .name = "TELEGRAM_SIGNS_UP", .type = OPTION_BOOL, .preset = "true",
	  .summary = "Make an account for who comes from Telegram, as "
		     "REGISTRATION allows.",
	  ROW(telegram_signs_up) },
	{ .name = "TELEGRAM_AGE_SECONDS", .type = OPTION_U32,
	  .preset = "3600", .unit = "seconds", .min = 60, .max = 86400,
	  .summary = "Oldest data from Telegram that signs somebody in.",
	  ROW(telegram_age_seconds) },
	{ 0 },
};

/* ---- the signing keys ----------------------------------------------------- */

struct key_work {
	struct arena arena;
	const char *key; /* in: ours, if there is none; out: the one that counts */
};

/* Two servers that start at once agree on one: the first. */
static enum status
key_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct key_work *work = cookie;
	const char *kept = NULL;
	enum status status = sql_exec(session,
				      "insert into meta (key, value) values "
				      "('access_key', $1) "
				      "on conflict (key) do nothing",
				      SQL_ARGS(sql_text(work->key)), NULL,
				      fault);

	if (status == STATUS_OK)
		status = library_meta_get(session, "access_key", &work->arena,
					  &kept, fault);
	if (status == STATUS_OK)
		work->key = kept;
	return status;
}

static enum status
key_from_store(struct access *access, const char *fresh, struct fault *fault)
{
	struct key_work work = { .key = fresh };
	enum status status;

	arena_init(&work.arena);
	status = store_write(access->store, key_work, &work, fault);
	if (status == STATUS_OK)
		status = token_ring_add(&access->ring, span_of(work.key),
					fault);
	arena_release(&work.arena);
	return status;
}

static enum status
key_from_file(struct access *access, const char *path, const char *fresh,
	      struct fault *fault)
{
	struct buffer kept;
	enum status status;

	buffer_init(&kept, 0);
	status = file_read(path, TOKEN_KEY_MAX_BYTES, &kept, fault);
	if (status == STATUS_NOT_FOUND) {
		status = file_write(path, span_of(fresh), 0600, fault);
		buffer_clear(&kept);
		buffer_add_text(&kept, fresh);
	}
	if (status == STATUS_OK)
		status = token_ring_add(&access->ring,
					(struct span){ kept.bytes,
						       kept.length },
					fault);
	buffer_release(&kept);
	return status;
}

static enum status
key_of_our_own(struct access *access, const char *path, struct fault *fault)
{
	struct buffer fresh;
	uint8_t bytes[KEY_BYTES];
	enum status status;

	buffer_init(&fresh, 0);
	random_bytes(bytes, sizeof bytes);
	base64url_add(&fresh, bytes, sizeof bytes);
	status = path != NULL ?
			 key_from_file(access, path, fresh.bytes, fault) :
			 key_from_store(access, fresh.bytes, fault);
	buffer_release(&fresh);
	return status;
}

static enum status
key_from_setting(struct access *access, const char *name, struct span value,
		 struct fault *fault)
{
	enum status status = STATUS_OK;

	if (value.length > 0)
		status = token_ring_add(&access->ring, value, fault);
	if (status != STATUS_OK && fault != NULL) {
		struct fault first = *fault;

		fault_field(fault, status, name, "%s: %s", name,
			    first.message);
	}
	return status;
}

static enum status
keys_load(struct access *access, const char *path, struct fault *fault)
{
	const struct access_settings *settings = &access->settings;
	struct span rest = span_of(settings->old_secrets), secret;
	enum status status;

	access->ring.issuer = settings->jwt_issuer;
	access->ring.audience = settings->jwt_audience;
	access->ring.skew_seconds = settings->jwt_skew_seconds;
	status = key_from_setting(access, "API_JWT_SECRET",
				  span_of(settings->jwt_secret), fault);
	if (status == STATUS_OK)
		status = key_from_setting(access, "SECRET_KEY",
					  span_of(settings->secret_key),
					  fault);
	if (status == STATUS_OK)
		status = key_from_setting(access, "ADMIN_SECRET_KEY",
					  span_of(settings->admin_key), fault);
	if (status == STATUS_OK && access->ring.count == 0)
		status = key_of_our_own(access, path, fault);
	while (status == STATUS_OK && span_next(&rest, ',', &secret))
		status = key_from_setting(access, "API_JWT_OLD_SECRETS",
					  span_trim(secret), fault);
	return status;
}

/* ---- opening and closing -------------------------------------------------- */

static enum status
settings_check(struct access *access, struct fault *fault)
{
	static const char *const words[] = { "open", "invitation", "approval",
					     "closed" };
	const struct access_settings *settings = &access->settings;
	size_t i = 0;

	while (i < ARRAY_LENGTH(words) &&
	       strcmp(words[i], settings->registration) != 0)
		i++;
	if (i == ARRAY_LENGTH(words))
		return fault_field(fault, STATUS_INVALID, "REGISTRATION",
				   "REGISTRATION is open, invitation, approval "
				   "or closed");
	if (*settings->proxy_field != '\0' &&
	    *settings->proxy_addresses == '\0')
		return fault_field(fault, STATUS_INVALID,
				   "AUTH_PROXY_ADDRESSES",
				   "AUTH_PROXY_FIELD needs "
				   "AUTH_PROXY_ADDRESSES: whose word counts");
	return networks_parse(span_of(settings->proxy_addresses),
			      &access->proxies, fault);
}

static uint32_t
password_threads(const struct access_settings *settings)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (settings->password_threads > 0)
		return settings->password_threads;
	return cores >= 4 ? (uint32_t)(cores / 2) : 1;
}

enum status
access_open(const struct access_args *args, struct access **out,
	    struct fault *fault)
{
	struct access *access = mem_new(1, sizeof *access);
	struct worker_pool_args pool = {
		.name = "password",
		.threads = password_threads(args->settings),
		.queue_max = args->settings->password_queue_max,
	};
	enum status status;

	access->settings = *args->settings;
	access->store = args->store;
	access->limits = args->limits;
	access->proofs = proof_cache_new();
	status = settings_check(access, fault);
	if (status == STATUS_OK)
		status = keys_load(access, args->key_path, fault);
	if (status == STATUS_OK)
		status = worker_pool_open(&pool, &access->passwords, fault);
	if (status != STATUS_OK) {
		access_close(access);
		return status;
	}
	*out = access;
	return STATUS_OK;
}

void
access_close(struct access *access)
{
	if (access == NULL)
		return;
	if (access->passwords != NULL)
		worker_pool_close(access->passwords);
	proof_cache_free(access->proofs);
	explicit_bzero(&access->ring, sizeof access->ring);
	free(access);
}

enum status
access_password_submit(struct access *access, worker_job *job, void *cookie)
{
	return worker_pool_submit(access->passwords, job, cookie);
}

void
access_forget(struct access *access, int64_t user_id)
{
	proof_cache_forget(access->proofs, user_id);
}

uint32_t
access_admin_sessions(struct access *access)
{
	return proof_cache_admins(access->proofs);
}

const char *
access_proxy_field(const struct access *access)
{
	const char *name = access->settings.proxy_field;

	return *name != '\0' ? name : NULL;
}

const struct access_settings *
access_settings_of(const struct access *access)
{
	return &access->settings;
}

/* ---- secrets -------------------------------------------------------------- */

void
secret_hash(struct span secret, uint8_t out[SHA256_BYTES])
{
	sha256(secret.at, secret.length, out);
}

const char *
secret_make(struct arena *arena, const char *prefix)
{
	uint8_t bytes[SHA256_BYTES];
	struct buffer text;
	const char *made;

	random_bytes(bytes, sizeof bytes);
	buffer_init(&text, 0);
	buffer_add_text(&text, prefix);
	base64url_add(&text, bytes, sizeof bytes);
	made = arena_copy_text(arena, text.bytes);
	explicit_bzero(text.bytes, text.length);
	buffer_release(&text);
	return made;
}

bool
secret_split(struct span text, int64_t *id, struct span *secret,
	     struct span *rest)
{
	struct span part;

	*rest = text;
	if (text.length > SECRET_TEXT_BYTES || text.at == NULL ||
	    !span_next(rest, '.', &part) || !span_to_i64(part, id) ||
	    *id < 1 || !span_next(rest, '.', secret))
		return false;
	return secret->length > 0;
}

const char *
csrf_of(struct span cookie_secret, struct arena *arena)
{
	uint8_t sum[SHA256_BYTES];
	struct buffer text;
	const char *made;

	hmac_sha256(cookie_secret, SPAN("ogma csrf"), sum);
	buffer_init(&text, 0);
	base64url_add(&text, sum, sizeof sum);
	made = arena_copy_text(arena, text.bytes);
	buffer_release(&text);
	return made;
}

int64_t
session_expiry_ms(const struct access *access)
{
	return clock_now_ms() +
	       (int64_t)access->settings.refresh_days * 86400000;
}

const char *
access_csrf(struct span cookie_value, struct arena *arena)
{
	struct span secret, rest;
	int64_t id;

	if (!secret_split(cookie_value, &id, &secret, &rest))
		return NULL;
	return csrf_of(secret, arena);
}

/* ---- looking a proof up --------------------------------------------------- */

struct lookup {
	struct access *access;
	struct arena arena;
	struct proof proof;
	const char *username; /* of a proxy */
	bool found;
};

static enum status
proof_of_user(struct store_session *session, struct lookup *lookup,
	      int64_t user_id, struct fault *fault)
{
	struct proof *proof = &lookup->proof;
	struct user user;
	enum status status = users_get(session, user_id, &lookup->arena, &user,
				       fault);

	if (status != STATUS_OK)
		return status;
	proof->user_id = user.id;
	proof->role = user_role_of(user.role);
	proof->may_sign_in = user_may_sign_in(&user);
	snprintf(proof->username, sizeof proof->username, "%s",
		 user.username);
	lookup->found = true;
	return STATUS_OK;
}

static enum status
session_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct lookup *lookup = cookie;
	struct proof *proof = &lookup->proof;
	struct sign_in row;
	enum status status = sessions_get(session, proof->session_id,
					  &lookup->arena, &row, fault);

	lookup->found = false;
	if (status != STATUS_OK)
		return status;
	if (row.revoked_at_ms != 0)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "this session has ended");
	proof->kind = row.kind;
	proof->expires_at_ms = row.expires_at_ms;
	proof->used_at_ms = row.used_at_ms;
	proof->created_at_ms = row.created_at_ms;
	proof->scopes = SCOPE_ALL;
	memcpy(proof->family_hash, row.family_hash, SHA256_BYTES);
	return proof_of_user(session, lookup, row.user_id, fault);
}

static enum status
key_lookup_work(struct store_session *session, void *cookie,
		struct fault *fault)
{
	struct lookup *lookup = cookie;
	struct proof *proof = &lookup->proof;
	struct api_key row;
	enum status status = keys_find(session, proof->key, &lookup->arena,
				       &row, fault);

	lookup->found = false;
	if (status != STATUS_OK)
		return status;
	proof->key_id = row.id;
	proof->scopes = row.scopes;
	proof->expires_at_ms = row.expires_at_ms;
	proof->used_at_ms = row.last_used_at_ms;
	return proof_of_user(session, lookup, row.user_id, fault);
}

static enum status
proxy_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct lookup *lookup = cookie;
	struct user user;
	enum status status = users_find(session, lookup->username,
					&lookup->arena, &user, fault);

	lookup->found = false;
	lookup->proof.scopes = SCOPE_ALL;
	if (status != STATUS_OK)
		return status;
	return proof_of_user(session, lookup, user.id, fault);
}

static enum status
user_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct lookup *lookup = cookie;

	lookup->found = false;
	lookup->proof.scopes = SCOPE_READ;
	return proof_of_user(session, lookup, lookup->proof.user_id, fault);
}

/* From the cache, else from the store. STATUS_NOT_FOUND when it proves
 * nothing. */
static enum status
proof_find(struct access *access, store_work *work, struct proof *proof,
	   const char *username, struct fault *fault)
{
	struct lookup lookup = { .access = access, .username = username };
	enum status status;

	if (proof_cache_find(access->proofs, proof->key, proof))
		return STATUS_OK;
	lookup.proof = *proof;
	lookup.proof.generation = proof_cache_generation(access->proofs);
	arena_init(&lookup.arena);
	status = store_read(access->store, work, &lookup, fault);
	arena_release(&lookup.arena);
	if (status != STATUS_OK)
		return status;
	*proof = lookup.proof;
	proof_cache_keep(access->proofs, proof);
	return STATUS_OK;
}

/* ---- noting use ----------------------------------------------------------- */

struct touch {
	int64_t session_id, key_id, expires_at_ms;
	const char *address;
};

static enum status
touch_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct touch *touch = cookie;

	if (touch->key_id != 0)
		return keys_touch(session, touch->key_id, fault);
	return sessions_touch(session, touch->session_id,
			      touch->expires_at_ms, touch->address, fault);
}

/* A use is noted now and then only, and who asks does not fail by it. */
static void
proof_touch(struct access *access, const struct proof *proof,
	    const char *address)
{
	int64_t idle_ms = clock_now_ms() - proof->used_at_ms;
	struct touch touch = { .session_id = proof->session_id,
			       .key_id = proof->key_id,
			       .expires_at_ms = session_expiry_ms(access),
			       .address = address };
	struct fault fault = { 0 };

	if (idle_ms < (proof->key_id != 0 ? KEY_TOUCH_MS : TOUCH_MS))
		return;
	if (store_write(access->store, touch_work, &touch, &fault) !=
	    STATUS_OK)
		log_warning("access", "cannot note the use of a session",
			    LOG_TEXT("reason", fault.message));
	proof_cache_forget(access->proofs, proof->user_id);
}

/* ---- the five proofs ------------------------------------------------------ */

static enum status
refuse(struct fault *fault, const char *field, const char *why)
{
	return fault_field(fault, STATUS_UNAUTHENTICATED, field, "%s", why);
}

/* A store that is down is not a wrong proof. */
static enum status
not_proved(enum status status, const char *field, struct fault *fault)
{
	if (status != STATUS_NOT_FOUND)
		return status;
	return refuse(fault, field, "that is not valid (any more)");
}

static void
caller_fill(const struct proof *proof, enum caller_proof kind,
	    struct arena *arena, struct caller *out)
{
	out->user_id = proof->user_id;
	out->role = proof->role;
	out->username = arena_copy_text(arena, proof->username);
	out->proof = kind;
	out->scopes = proof->scopes;
	out->session_id = proof->session_id;
	out->key_id = proof->key_id;
}

/* Of an admin's session, which may be shorter than others'. */
static bool
admin_has_expired(const struct access *access, const struct proof *proof)
{
	int64_t life_ms = (int64_t)access->settings.admin_seconds * 1000;

	return life_ms != 0 && proof->session_id != 0 &&
	       proof->role >= USER_ROLE_ADMIN &&
	       clock_now_ms() >= proof->created_at_ms + life_ms;
}

static enum status
proof_accept(const struct access *access, const struct proof *proof,
	     enum caller_proof kind, struct arena *arena, struct caller *out,
	     struct fault *fault)
{
	if ((proof->expires_at_ms != 0 &&
	     clock_now_ms() >= proof->expires_at_ms) ||
	    admin_has_expired(access, proof))
		return refuse(fault, "session", "that has expired");
	if (!proof->may_sign_in)
		return refuse(fault, "status",
			      "this account may not sign in now");
	caller_fill(proof, kind, arena, out);
	return STATUS_OK;
}

static void
session_key(int64_t id, uint8_t out[SHA256_BYTES])
{
	char text[40];

	snprintf(text, sizeof text, "session %lld", (long long)id);
	sha256(text, strlen(text), out);
}

static enum status
by_token(struct access *access, struct span token, struct arena *arena,
	 struct caller *out, struct fault *fault)
{
	struct proof proof = { 0 };
	struct token_claims claims;
	enum status status = token_verify(&access->ring, token, clock_now_ms(),
					  &claims, fault);

	if (status != STATUS_OK)
		return status;
	proof.session_id = claims.session_id;
	session_key(claims.session_id, proof.key);
	status = proof_find(access, session_work, &proof, NULL, fault);
	if (status != STATUS_OK)
		return not_proved(status, "token", fault);
	if (proof.user_id != claims.user_id)
		return refuse(fault, "token", "that is not valid");
	return proof_accept(access, &proof, PROOF_TOKEN, arena, out, fault);
}

enum status
access_by_user(struct access *access, int64_t user_id, struct arena *arena,
	       struct caller *out, struct fault *fault)
{
	struct proof proof = { .user_id = user_id };
	char text[40];
	enum status status;

	snprintf(text, sizeof text, "user %lld", (long long)user_id);
	sha256(text, strlen(text), proof.key);
	status = proof_find(access, user_work, &proof, NULL, fault);
	if (status != STATUS_OK)
		return not_proved(status, "sig", fault);
	return proof_accept(access, &proof, PROOF_LINK, arena, out, fault);
}

static enum status
by_key(struct access *access, struct span key, const char *address,
       struct arena *arena, struct caller *out, struct fault *fault)
{
	struct proof proof = { 0 };
	enum status status;

	secret_hash(key, proof.key);
	status = proof_find(access, key_lookup_work, &proof, NULL, fault);
	if (status != STATUS_OK)
		return not_proved(status, "key", fault);
	status = proof_accept(access, &proof, PROOF_KEY, arena, out, fault);
	if (status == STATUS_OK)
		proof_touch(access, &proof, address);
	return status;
}

bool
access_cookie_find(struct span cookies, struct span *value)
{
	struct span one, name;

	while (cookies.at != NULL && span_next(&cookies, ';', &one)) {
		one = span_trim(one);
		if (one.length > 0 && span_next(&one, '=', &name) &&
		    span_equal(name, SPAN(ACCESS_COOKIE)) && one.at != NULL) {
			*value = one;
			return one.length > 0;
		}
	}
	return false;
}

/* Browsers send a cookie whether it is still good or not: a bad one is nobody,
 * not a failure. */
static enum status
by_cookie(struct access *access, const struct credentials *credentials,
	  struct arena *arena, struct caller *out, struct fault *fault)
{
	struct span cookie, secret, rest;
	uint8_t hash[SHA256_BYTES];
	struct proof proof = { 0 };
	const char *csrf;
	enum status status;

	if (!access_cookie_find(credentials->cookie, &cookie) ||
	    !secret_split(cookie, &proof.session_id, &secret, &rest))
		return STATUS_OK;
	session_key(proof.session_id, proof.key);
	status = proof_find(access, session_work, &proof, NULL, fault);
	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	secret_hash(secret, hash);
	if (proof.kind != SESSION_OF_COOKIE ||
	    !bytes_equal_secret(hash, proof.family_hash, sizeof hash))
		return STATUS_OK;
	csrf = csrf_of(secret, arena);
	if (credentials->unsafe &&
	    (credentials->csrf.length != strlen(csrf) ||
	     !bytes_equal_secret(credentials->csrf.at, csrf, strlen(csrf))))
		return fault_field(fault, STATUS_DENIED, "csrf",
				   "a change with a cookie needs "
				   ACCESS_CSRF_FIELD);
	if (proof_accept(access, &proof, PROOF_SESSION, arena, out, NULL) ==
	    STATUS_OK)
		proof_touch(access, &proof, credentials->address);
	return STATUS_OK;
}

static bool
proxy_believed(const struct access *access,
	       const struct credentials *credentials)
{
	const char *peer = credentials->peer != NULL ? credentials->peer :
						       credentials->address;
	struct address address;

	return *access->settings.proxy_field != '\0' &&
	       credentials->proxy_user.length > 0 && peer != NULL &&
	       address_parse(span_of(peer), &address) &&
	       networks_contain(&access->proxies, &address);
}

static enum status
create_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const char *name = cookie;
	const struct user_draft draft = { .username = name, .role = "user" };
	int64_t id;

	return users_add(session, &draft, &id, fault);
}

/* The proxy's own cookie comes along with whatever page asks; a field of this
 * name does not without the browser asking us first (CORS). */
static enum status
by_proxy(struct access *access, const struct credentials *credentials,
	 struct arena *arena, struct caller *out, struct fault *fault)
{
	struct span name = credentials->proxy_user;
	char *username = arena_copy_bytes(arena, name.at, name.length);
	struct proof proof = { 0 };
	enum status status;

	if (!utf8_valid(name.at, name.length) ||
	    name.length > USER_EMAIL_MAX_BYTES)
		return refuse(fault, "proxy", "that is no name");
	if (credentials->unsafe && credentials->csrf.length == 0)
		return fault_field(fault, STATUS_DENIED, "csrf",
				   "a change needs " ACCESS_CSRF_FIELD);
	secret_hash(span_of(arena_print(arena, "proxy %s", username)),
		    proof.key);
	status = proof_find(access, proxy_work, &proof, username, fault);
	if (status == STATUS_NOT_FOUND && access->settings.proxy_creates) {
		status = store_write(access->store, create_work, username,
				     fault);
		if (status == STATUS_OK || status == STATUS_CONFLICT)
			status = proof_find(access, proxy_work, &proof,
					    username, fault);
	}
	if (status != STATUS_OK)
		return not_proved(status, "proxy", fault);
	return proof_accept(access, &proof, PROOF_PROXY, arena, out, fault);
}

/* What follows "Bearer "; length 0 when it is another scheme. */
static struct span
bearer_of(struct span authorization)
{
	static const char scheme[] = "bearer ";
	struct span start = { authorization.at, sizeof scheme - 1 };

	if (authorization.length < sizeof scheme - 1 ||
	    !span_equal_nocase(start, SPAN("bearer ")))
		return (struct span){ 0 };
	return span_trim((struct span){ authorization.at + start.length,
					authorization.length - start.length });
}

bool
access_has_proof(const struct access *access,
		 const struct credentials *credentials)
{
	return bearer_of(credentials->authorization).length > 0 ||
	       credentials->api_key.length > 0 ||
	       access_cookie_find(credentials->cookie,
				  &(struct span){ 0 }) ||
	       proxy_believed(access, credentials);
}

enum status
access_identify(struct access *access, const struct credentials *credentials,
		struct arena *arena, struct caller *out, struct fault *fault)
{
	struct span bearer = bearer_of(credentials->authorization);
	struct caller caller = { .address = credentials->address,
				 .user_agent = credentials->user_agent };
	enum status status = STATUS_OK;

	if (span_starts(bearer, SPAN(ACCESS_KEY_PREFIX)))
		status = by_key(access, bearer, caller.address, arena, &caller,
				fault);
	else if (bearer.length > 0)
		status = by_token(access, bearer, arena, &caller, fault);
	else if (credentials->api_key.length > 0)
		status = by_key(access, credentials->api_key, caller.address,
				arena, &caller, fault);
	else if (proxy_believed(access, credentials))
		status = by_proxy(access, credentials, arena, &caller, fault);
	else
		status = by_cookie(access, credentials, arena, &caller, fault);
	if (status == STATUS_OK)
		*out = caller;
	return status;
}
