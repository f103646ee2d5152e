/* oidc.c - see oidc.h. What is known of the provider (discovery, keys) is kept
 * for an hour; a token with a key we do not know fetches the keys anew, once a
 * minute at most. */
#include "service/oidc.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/log.h"
#include "service/fetch.h"
#include "service/jws.h"

#define ANSWER_LIMIT_BYTES ((size_t)256 << 10)
#define ASK_TIMEOUT_MS 10000
#define KEEP_MS 3600000
#define KEYS_AGAIN_MS 60000
#define SKEW_SECONDS 60
#define CALLBACK_PATH "/api/v1/auth/oidc/callback"

struct oidc {
	struct oidc_settings settings;
	char *redirect_uri;
	uint8_t seal[SHA256_BYTES]; /* of notes; lives as long as the secret */
	atomic_uint calls;

	pthread_mutex_t lock; /* of what follows */
	json_t *provider;     /* discovery document */
	json_t *keys;
	int64_t provider_ms, keys_ms; /* monotonic, when fetched */
};

#define ROW(field_) .offset = offsetof(struct oidc_settings, field_)

const struct option oidc_options[] = {
	{ .name = "OIDC_ISSUER", .type = OPTION_TEXT, .preset = "",
	  .summary = "Address of an OpenID provider that signs people in "
		     "(https); empty: none. Needs PUBLIC_URL.",
	  ROW(issuer) },
	{ .name = "OIDC_CLIENT_ID", .type = OPTION_TEXT, .preset = "",
	  .summary = "What the provider calls this server.",
	  ROW(client_id) },
	{ .name = "OIDC_CLIENT_SECRET", .type = OPTION_TEXT, .preset = "",
	  .secret = true,
	  .summary = "The secret it gave us; empty for a public client.",
	  ROW(client_secret) },
	{ .name = "OIDC_NAME", .type = OPTION_TEXT,
	  .preset = "Single sign-on",
	  .summary = "What the button on the sign-in page says.", ROW(name) },
	{ .name = "OIDC_SCOPES", .type = OPTION_TEXT,
	  .preset = "openid profile email",
	  .summary = "What the provider is asked for.", ROW(scopes) },
	{ .name = "OIDC_SIGNS_UP", .type = OPTION_BOOL, .preset = "true",
	  .summary = "Make an account for who comes from the provider, as "
		     "REGISTRATION allows.",
	  ROW(signs_up) },
	{ .name = "OIDC_JOINS_EMAIL", .type = OPTION_BOOL, .preset = "false",
	  .summary = "Whose e-mail the provider has verified gets the account "
		     "that has it here.",
	  ROW(joins_email) },
	{ 0 },
};

/* ---- opening and closing -------------------------------------------------- */

/* Over TLS, but on this machine itself. */
static bool
url_is_safe(const char *url)
{
	static const char *const fine[] = { "https://", "http://127.0.0.1:",
					    "http://localhost:",
					    "http://[::1]:" };

	for (size_t i = 0; i < ARRAY_LENGTH(fine); i++) {
		if (strncmp(url, fine[i], strlen(fine[i])) == 0)
			return true;
	}
	return false;
}

static enum status
settings_check(const struct oidc_settings *settings, const char *public_url,
	       struct fault *fault)
{
	if (!url_is_safe(settings->issuer))
		return fault_field(fault, STATUS_INVALID, "OIDC_ISSUER",
				   "OIDC_ISSUER is an https address");
	if (*settings->client_id == '\0')
		return fault_field(fault, STATUS_INVALID, "OIDC_CLIENT_ID",
				   "OIDC_ISSUER needs OIDC_CLIENT_ID");
	if (*public_url == '\0')
		return fault_field(fault, STATUS_INVALID, "PUBLIC_URL",
				   "OIDC_ISSUER needs PUBLIC_URL");
	return STATUS_OK;
}

/* A seal that all servers of one set-up share: they share the secret. */
static void
seal_make(struct oidc *oidc)
{
	struct span secret = span_of(oidc->settings.client_secret);

	if (secret.length > 0)
		hmac_sha256(secret, SPAN("ogma oidc note"), oidc->seal);
	else
		random_bytes(oidc->seal, sizeof oidc->seal);
}

enum status
oidc_open(const struct oidc_settings *settings, const char *public_url,
	  struct oidc **out, struct fault *fault)
{
	size_t length = strlen(public_url);
	struct buffer redirect;
	struct oidc *oidc;
	enum status status;

	*out = NULL;
	if (*settings->issuer == '\0')
		return STATUS_OK;
	status = settings_check(settings, public_url, fault);
	if (status != STATUS_OK)
		return status;
	while (length > 0 && public_url[length - 1] == '/')
		length--;
	oidc = mem_new(1, sizeof *oidc);
	oidc->settings = *settings;
	buffer_init(&redirect, 0);
	buffer_print(&redirect, "%.*s" CALLBACK_PATH, (int)length, public_url);
	oidc->redirect_uri = buffer_take(&redirect, NULL);
	pthread_mutex_init(&oidc->lock, NULL);
	seal_make(oidc);
	*out = oidc;
	return STATUS_OK;
}

void
oidc_close(struct oidc *oidc)
{
	if (oidc == NULL)
		return;
	json_decref(oidc->provider);
	json_decref(oidc->keys);
	pthread_mutex_destroy(&oidc->lock);
	free(oidc->redirect_uri);
	free(oidc);
}

const struct oidc_settings *
oidc_settings_of(const struct oidc *oidc)
{
	return &oidc->settings;
}

const char *
oidc_return_path(const char *wanted)
{
	if (wanted == NULL || wanted[0] != '/' || wanted[1] == '/' ||
	    wanted[1] == '\\' || strlen(wanted) > OIDC_RETURN_MAX_BYTES)
		return "/";
	for (const char *at = wanted; *at != '\0'; at++) {
		if ((unsigned char)*at <= 0x20 || *at == 0x7f || *at == '\\')
			return "/";
	}
	return wanted;
}

/* ---- what is known of the provider ---------------------------------------- */

static enum status
refuse(struct fault *fault, const char *why)
{
	return fault_field(fault, STATUS_UNAUTHENTICATED, "oidc", "%s", why);
}

static enum status
json_ask(const struct fetch_request *request, json_t **out,
	 struct fault *fault)
{
	unsigned http_status = 0;
	struct buffer body;
	enum status status;

	buffer_init(&body, ANSWER_LIMIT_BYTES);
	status = fetch(request, &body, &http_status, fault);
	if (status == STATUS_OK && http_status != 200)
		status = fault_field(fault, STATUS_UNAVAILABLE, "oidc",
				     "the provider answered %u", http_status);
	if (status == STATUS_OK)
		status = json_parse(body.bytes, body.length, out, fault);
	buffer_release(&body);
	return status;
}

static enum status
json_get(const char *url, json_t **out, struct fault *fault)
{
	const struct fetch_request request = {
		.url = url,
		.timeout_ms = ASK_TIMEOUT_MS,
		.limit_bytes = ANSWER_LIMIT_BYTES,
		.any_address = true,
	};

	if (!url_is_safe(url))
		return refuse(fault, "the provider names an address without "
				     "TLS");
	return json_ask(&request, out, fault);
}

static const char *
text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static bool
text_is(const json_t *object, const char *name, const char *expected)
{
	const char *text = text_of(object, name);

	return text != NULL && strcmp(text, expected) == 0;
}

static enum status
provider_check(const struct oidc *oidc, const json_t *provider,
	       struct fault *fault)
{
	static const char *const endpoints[] = { "authorization_endpoint",
						 "token_endpoint",
						 "jwks_uri" };

	if (!text_is(provider, "issuer", oidc->settings.issuer))
		return fault_field(fault, STATUS_UNAVAILABLE, "oidc",
				   "the provider calls itself otherwise than "
				   "OIDC_ISSUER");
	for (size_t i = 0; i < ARRAY_LENGTH(endpoints); i++) {
		const char *url = text_of(provider, endpoints[i]);

		if (url == NULL || !url_is_safe(url))
			return fault_field(fault, STATUS_UNAVAILABLE, "oidc",
					   "the provider does not tell its %s",
					   endpoints[i]);
	}
	return STATUS_OK;
}

static enum status
provider_load(struct oidc *oidc, json_t **out, struct fault *fault)
{
	const char *issuer = oidc->settings.issuer;
	size_t length = strlen(issuer);
	struct buffer url;
	json_t *provider = NULL;
	enum status status;

	while (length > 0 && issuer[length - 1] == '/')
		length--;
	buffer_init(&url, 0);
	buffer_print(&url, "%.*s/.well-known/openid-configuration",
		     (int)length, issuer);
	status = json_get(url.bytes, &provider, fault);
	buffer_release(&url);
	if (status == STATUS_OK)
		status = provider_check(oidc, provider, fault);
	if (status == STATUS_OK)
		*out = provider;
	else
		json_decref(provider);
	return status;
}

/* A reference of one's own to the document; json_decref() it. */
static enum status
provider_get(struct oidc *oidc, json_t **out, struct fault *fault)
{
	int64_t now_ms = clock_monotonic_ms();
	json_t *fresh = NULL;
	enum status status;

	pthread_mutex_lock(&oidc->lock);
	*out = oidc->provider != NULL &&
			       now_ms - oidc->provider_ms < KEEP_MS ?
		       json_incref(oidc->provider) :
		       NULL;
	pthread_mutex_unlock(&oidc->lock);
	if (*out != NULL)
		return STATUS_OK;
	status = provider_load(oidc, &fresh, fault);
	if (status != STATUS_OK)
		return status;
	pthread_mutex_lock(&oidc->lock);
	json_decref(oidc->provider);
	oidc->provider = fresh;
	oidc->provider_ms = now_ms;
	*out = json_incref(fresh);
	pthread_mutex_unlock(&oidc->lock);
	return STATUS_OK;
}

/* `again`: those kept did not do. */
static enum status
keys_get(struct oidc *oidc, const json_t *provider, bool again, json_t **out,
	 struct fault *fault)
{
	int64_t now_ms = clock_monotonic_ms();
	int64_t keep_ms = again ? KEYS_AGAIN_MS : KEEP_MS;
	json_t *fresh = NULL;
	enum status status;

	pthread_mutex_lock(&oidc->lock);
	*out = oidc->keys != NULL && now_ms - oidc->keys_ms < keep_ms ?
		       json_incref(oidc->keys) :
		       NULL;
	pthread_mutex_unlock(&oidc->lock);
	if (*out != NULL)
		return STATUS_OK;
	status = json_get(text_of(provider, "jwks_uri"), &fresh, fault);
	if (status != STATUS_OK)
		return status;
	pthread_mutex_lock(&oidc->lock);
	json_decref(oidc->keys);
	oidc->keys = fresh;
	oidc->keys_ms = now_ms;
	*out = json_incref(fresh);
	pthread_mutex_unlock(&oidc->lock);
	return STATUS_OK;
}

/* ---- notes ---------------------------------------------------------------- */

/* STATE.NONCE.VERIFIER.UNTIL.USER.PATH and a seal over it; the path in base64. */
struct note {
	const char *state, *nonce, *verifier, *return_path;
	int64_t until_s, link_user_id;
};

static const char *
random_text(struct arena *arena)
{
	uint8_t bytes[SHA256_BYTES];
	struct buffer text;
	const char *made;

	random_bytes(bytes, sizeof bytes);
	buffer_init(&text, 0);
	base64url_add(&text, bytes, sizeof bytes);
	made = arena_copy_text(arena, text.bytes);
	buffer_release(&text);
	return made;
}

static void
seal_add(const struct oidc *oidc, struct buffer *note)
{
	uint8_t seal[SHA256_BYTES];

	hmac_sha256((struct span){ (const char *)oidc->seal, SHA256_BYTES },
		    (struct span){ note->bytes, note->length }, seal);
	buffer_add_char(note, '.');
	base64url_add(note, seal, sizeof seal);
}

static const char *
note_print(const struct oidc *oidc, const struct note *note,
	   struct arena *arena)
{
	struct buffer out;
	const char *text;

	buffer_init(&out, 0);
	buffer_print(&out, "%s.%s.%s.%lld.%lld.", note->state, note->nonce,
		     note->verifier, (long long)note->until_s,
		     (long long)note->link_user_id);
	base64url_add(&out, note->return_path, strlen(note->return_path));
	seal_add(oidc, &out);
	text = arena_copy_text(arena, out.bytes);
	buffer_release(&out);
	return text;
}

static bool
seal_holds(const struct oidc *oidc, struct span text, size_t sealed_length)
{
	struct buffer again;
	bool holds;

	buffer_init(&again, 0);
	buffer_add(&again, text.at, sealed_length);
	seal_add(oidc, &again);
	holds = again.length == text.length &&
		bytes_equal_secret(again.bytes, text.at, text.length);
	buffer_release(&again);
	return holds;
}

static const char *
part_copy(struct span *rest, struct arena *arena)
{
	struct span part = { "", 0 };

	span_next(rest, '.', &part);
	return arena_copy_bytes(arena, part.at, part.length);
}

static bool
note_parse(const struct oidc *oidc, struct span text, struct arena *arena,
	   struct note *out)
{
	const char *dot = text.length == 0 ?
				  NULL :
				  memrchr(text.at, '.', text.length);
	struct span rest;
	struct buffer path;
	bool fine;

	if (dot == NULL || !seal_holds(oidc, text, (size_t)(dot - text.at)))
		return false;
	rest = (struct span){ text.at, (size_t)(dot - text.at) };
	out->state = part_copy(&rest, arena);
	out->nonce = part_copy(&rest, arena);
	out->verifier = part_copy(&rest, arena);
	fine = span_to_i64(span_of(part_copy(&rest, arena)), &out->until_s) &&
	       span_to_i64(span_of(part_copy(&rest, arena)),
			   &out->link_user_id);
	buffer_init(&path, 0);
	fine = fine && base64url_parse(span_of(part_copy(&rest, arena)),
				       &path);
	out->return_path = oidc_return_path(
		arena_copy_bytes(arena, path.bytes, path.length));
	buffer_release(&path);
	return fine && out->until_s > clock_now_ms() / 1000;
}

/* ---- the way there -------------------------------------------------------- */

static const char *
challenge_of(const char *verifier, struct arena *arena)
{
	uint8_t sum[SHA256_BYTES];
	struct buffer text;
	const char *made;

	sha256(verifier, strlen(verifier), sum);
	buffer_init(&text, 0);
	base64url_add(&text, sum, sizeof sum);
	made = arena_copy_text(arena, text.bytes);
	buffer_release(&text);
	return made;
}

static const char *
authorize_url(const struct oidc *oidc, const json_t *provider,
	      const struct note *note, struct arena *arena)
{
	const char *endpoint = text_of(provider, "authorization_endpoint");
	struct buffer url;
	const char *made;

	buffer_init(&url, 0);
	buffer_add_text(&url, endpoint);
	if (strchr(endpoint, '?') == NULL)
		buffer_add_char(&url, '?');
	fetch_form_add(&url, "response_type", "code");
	fetch_form_add(&url, "client_id", oidc->settings.client_id);
	fetch_form_add(&url, "redirect_uri", oidc->redirect_uri);
	fetch_form_add(&url, "scope", oidc->settings.scopes);
	fetch_form_add(&url, "state", note->state);
	fetch_form_add(&url, "nonce", note->nonce);
	fetch_form_add(&url, "code_challenge",
		       challenge_of(note->verifier, arena));
	fetch_form_add(&url, "code_challenge_method", "S256");
	made = arena_copy_text(arena, url.bytes);
	buffer_release(&url);
	return made;
}

static bool
call_enter(struct oidc *oidc, struct fault *fault)
{
	if (atomic_fetch_add(&oidc->calls, 1) < OIDC_CALLS_MAX)
		return true;
	atomic_fetch_sub(&oidc->calls, 1);
	fault_set(fault, STATUS_UNAVAILABLE,
		  "too many sign-ins wait for the provider");
	return false;
}

static void
call_leave(struct oidc *oidc)
{
	atomic_fetch_sub(&oidc->calls, 1);
}

enum status
oidc_begin(struct oidc *oidc, const char *return_path, int64_t link_user_id,
	   struct arena *arena, struct oidc_start *out, struct fault *fault)
{
	struct note note = {
		.state = random_text(arena),
		.nonce = random_text(arena),
		.verifier = random_text(arena),
		.return_path = oidc_return_path(return_path),
		.until_s = clock_now_ms() / 1000 + OIDC_NOTE_SECONDS,
		.link_user_id = link_user_id,
	};
	json_t *provider = NULL;
	enum status status;

	if (!call_enter(oidc, fault))
		return STATUS_UNAVAILABLE;
	status = provider_get(oidc, &provider, fault);
	call_leave(oidc);
	if (status != STATUS_OK)
		return status;
	out->url = authorize_url(oidc, provider, &note, arena);
	out->note = note_print(oidc, &note, arena);
	json_decref(provider);
	return STATUS_OK;
}

/* ---- the way back --------------------------------------------------------- */

/* By Basic, unless the provider only takes the secret in the form. */
static bool
takes_basic(const json_t *provider)
{
	const json_t *methods = json_object_get(
		provider, "token_endpoint_auth_methods_supported");
	const json_t *method;
	size_t i;

	if (methods == NULL)
		return true;
	json_array_foreach(methods, i, method) {
		const char *name = json_string_value(method);

		if (name != NULL && strcmp(name, "client_secret_basic") == 0)
			return true;
	}
	return false;
}

/* RFC 6749 2.3.1: both halves are form-encoded before they are joined. */
static const char *
encoded(const char *text, struct arena *arena)
{
	struct buffer form;
	const char *made;

	buffer_init(&form, 0);
	fetch_form_add(&form, "", text);
	made = arena_copy_text(arena, form.bytes + 1);
	buffer_release(&form);
	return made;
}

static enum status
tokens_ask(struct oidc *oidc, const json_t *provider, const char *code,
	   const char *verifier, struct arena *arena, json_t **out,
	   struct fault *fault)
{
	const struct oidc_settings *settings = &oidc->settings;
	bool secret = *settings->client_secret != '\0';
	bool basic = secret && takes_basic(provider);
	struct fetch_request request = {
		.url = text_of(provider, "token_endpoint"),
		.timeout_ms = ASK_TIMEOUT_MS,
		.limit_bytes = ANSWER_LIMIT_BYTES,
		.any_address = true,
	};
	struct buffer form;
	enum status status;

	buffer_init(&form, 16384);
	fetch_form_add(&form, "grant_type", "authorization_code");
	fetch_form_add(&form, "code", code);
	fetch_form_add(&form, "redirect_uri", oidc->redirect_uri);
	fetch_form_add(&form, "code_verifier", verifier);
	if (basic) {
		request.user = encoded(settings->client_id, arena);
		request.password = encoded(settings->client_secret, arena);
	} else {
		fetch_form_add(&form, "client_id", settings->client_id);
	}
	if (secret && !basic)
		fetch_form_add(&form, "client_secret",
			       settings->client_secret);
	request.form = form.bytes;
	status = json_ask(&request, out, fault);
	buffer_release(&form);
	return status;
}

static bool
audience_is(const json_t *claims, const char *client_id)
{
	const json_t *audience = json_object_get(claims, "aud"), *one;
	bool found = false;
	size_t i;

	if (json_is_string(audience))
		return text_is(claims, "aud", client_id);
	json_array_foreach(audience, i, one) {
		const char *text = json_string_value(one);

		if (text != NULL && strcmp(text, client_id) == 0)
			found = true;
	}
	/* For several, it says to whom it was given (OIDC Core 3.1.3.7). */
	return found && (json_array_size(audience) == 1 ||
			 text_is(claims, "azp", client_id));
}

static enum status
claims_check(const struct oidc *oidc, const json_t *claims,
	     const struct note *note, struct fault *fault)
{
	const json_t *expires = json_object_get(claims, "exp");
	const json_t *issued = json_object_get(claims, "iat");
	int64_t now_s = clock_now_ms() / 1000;
	const char *subject = text_of(claims, "sub");

	if (!text_is(claims, "iss", oidc->settings.issuer) ||
	    !audience_is(claims, oidc->settings.client_id))
		return refuse(fault, "the provider's token is for somebody "
				     "else");
	if (!json_is_integer(expires) || !json_is_integer(issued) ||
	    json_integer_value(expires) + SKEW_SECONDS <= now_s ||
	    json_integer_value(issued) > now_s + SKEW_SECONDS)
		return refuse(fault, "the provider's token has expired");
	if (!text_is(claims, "nonce", note->nonce))
		return refuse(fault, "the provider's token is of another "
				     "sign-in");
	if (subject == NULL || *subject == '\0' || strlen(subject) > 255)
		return refuse(fault, "the provider's token names nobody");
	return STATUS_OK;
}

static enum status
id_token_read(struct oidc *oidc, const json_t *provider, const json_t *tokens,
	      const struct note *note, json_t **claims, struct fault *fault)
{
	const char *text = text_of(tokens, "id_token");
	json_t *keys = NULL;
	enum status status = STATUS_NOT_FOUND;

	if (text == NULL)
		return refuse(fault, "the provider gave no token");
	for (int again = 0; again < 2 && status == STATUS_NOT_FOUND; again++) {
		status = keys_get(oidc, provider, again == 1, &keys, fault);
		if (status == STATUS_OK)
			status = jws_verify(keys, span_of(text), claims,
					    fault);
		json_decref(keys);
		keys = NULL;
	}
	if (status == STATUS_NOT_FOUND)
		return refuse(fault, "no key of the provider has signed its "
				     "token");
	if (status == STATUS_OK)
		status = claims_check(oidc, *claims, note, fault);
	return status;
}

static const char *
claim_copy(const json_t *first, const json_t *second, const char *name,
	   struct arena *arena)
{
	const char *text = text_of(first, name);

	if (text == NULL)
		text = text_of(second, name);
	return text == NULL || *text == '\0' || strlen(text) > 254 ?
		       NULL :
		       arena_copy_text(arena, text);
}

/* Claims that only the userinfo endpoint tells, such as the name; without it the
 * id token has to do. */
static json_t *
userinfo_ask(const json_t *provider, const json_t *tokens,
	     const char *subject)
{
	const struct fetch_request request = {
		.url = text_of(provider, "userinfo_endpoint"),
		.bearer = text_of(tokens, "access_token"),
		.timeout_ms = ASK_TIMEOUT_MS,
		.limit_bytes = ANSWER_LIMIT_BYTES,
		.any_address = true,
	};
	json_t *info = NULL;

	if (request.url == NULL || request.bearer == NULL ||
	    !url_is_safe(request.url) ||
	    json_ask(&request, &info, NULL) != STATUS_OK)
		return NULL;
	if (text_is(info, "sub", subject))
		return info;
	json_decref(info);
	return NULL;
}

static void
person_fill(struct oidc *oidc, const json_t *provider, const json_t *tokens,
	    const json_t *claims, struct arena *arena,
	    struct oidc_person *out)
{
	json_t *info = userinfo_ask(provider, tokens, text_of(claims, "sub"));
	const json_t *verified = json_object_get(claims, "email_verified");

	if (verified == NULL)
		verified = json_object_get(info, "email_verified");
	out->issuer = oidc->settings.issuer;
	out->subject = claim_copy(claims, NULL, "sub", arena);
	out->username = claim_copy(claims, info, "preferred_username", arena);
	out->full_name = claim_copy(claims, info, "name", arena);
	out->email = claim_copy(claims, info, "email", arena);
	out->email_verified = json_is_true(verified);
	json_decref(info);
}

static enum status
return_check(const struct oidc *oidc, const struct oidc_return *returned,
	     const struct note *note, struct fault *fault)
{
	size_t length = strlen(note->state);

	if (returned->state == NULL || strlen(returned->state) != length ||
	    !bytes_equal_secret(returned->state, note->state, length))
		return refuse(fault, "this is not the sign-in that was begun "
				     "here");
	/* RFC 9207: which provider sent it back, where it says so. */
	if (returned->issuer != NULL &&
	    strcmp(returned->issuer, oidc->settings.issuer) != 0)
		return refuse(fault, "another provider sent this back");
	if (returned->error != NULL)
		return fault_field(fault, STATUS_DENIED, "oidc",
				   "the provider let nobody in");
	if (returned->code == NULL)
		return refuse(fault, "the provider sent no code");
	return STATUS_OK;
}

static enum status
exchange(struct oidc *oidc, const char *code, const struct note *note,
	 struct arena *arena, struct oidc_person *out, struct fault *fault)
{
	json_t *provider = NULL, *tokens = NULL, *claims = NULL;
	enum status status = provider_get(oidc, &provider, fault);

	if (status == STATUS_OK)
		status = tokens_ask(oidc, provider, code, note->verifier,
				    arena, &tokens, fault);
	if (status == STATUS_OK)
		status = id_token_read(oidc, provider, tokens, note, &claims,
				       fault);
	if (status == STATUS_OK)
		person_fill(oidc, provider, tokens, claims, arena, out);
	json_decref(provider);
	json_decref(tokens);
	json_decref(claims);
	return status;
}

enum status
oidc_finish(struct oidc *oidc, const struct oidc_return *returned,
	    struct arena *arena, struct oidc_person *out, struct fault *fault)
{
	struct oidc_person person = { 0 };
	struct note note = { 0 };
	enum status status;

	if (!note_parse(oidc, returned->note, arena, &note))
		return refuse(fault, "this sign-in was not begun here, or too "
				     "long ago");
	status = return_check(oidc, returned, &note, fault);
	if (status != STATUS_OK)
		return status;
	if (!call_enter(oidc, fault))
		return STATUS_UNAVAILABLE;
	status = exchange(oidc, returned->code, &note, arena, &person, fault);
	call_leave(oidc);
	if (status != STATUS_OK)
		return status;
	person.return_path = note.return_path;
	person.link_user_id = note.link_user_id;
	*out = person;
	return STATUS_OK;
}
