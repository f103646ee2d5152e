/* oidc.h - single sign-on with any OpenID provider: authorization code flow with
 * PKCE (S256), set up by discovery.
 *
 * A sign-in is two visits of the browser. oidc_begin() sends it to the provider
 * and gives it a sealed note (a cookie) of what was sent; oidc_finish() takes what
 * the provider sent back together with that note. The server keeps nothing in
 * between, so any of several servers may finish what another began.
 *
 * Floor: 4 (service). Threads: any; calls that say so block on the network, and
 * only OIDC_CALLS_MAX of them at the same time.
 * Sources: OpenID Connect Core 1.0, Discovery 1.0; RFC 6749, RFC 7636, RFC 9207.
 */
#ifndef OGMA_SERVICE_OIDC_H
#define OGMA_SERVICE_OIDC_H

#include "base/option.h"
#include "base/memory.h"
#include "base/text.h"

#define OIDC_CALLS_MAX 4
#define OIDC_NOTE_SECONDS 600
#define OIDC_RETURN_MAX_BYTES 512

struct oidc;

struct oidc_settings {
	const char *issuer; /* "": no single sign-on */
	const char *client_id, *client_secret;
	const char *name;   /* for the button */
	const char *scopes;
	bool signs_up;     /* makes users, as REGISTRATION allows */
	bool joins_email;  /* a verified e-mail here is the same person */
};

extern const struct option oidc_options[];

/* public_url is where the provider sends people back to. *out is NULL when no
 * issuer is set. STATUS_INVALID names the setting that is wrong. Asks nobody. */
enum status oidc_open(const struct oidc_settings *settings,
		      const char *public_url, struct oidc **out,
		      struct fault *fault);
void oidc_close(struct oidc *oidc); /* NULL is fine */

const struct oidc_settings *oidc_settings_of(const struct oidc *oidc);

/* "/…" of our own pages; anything else becomes "/": no open redirect. */
const char *oidc_return_path(const char *wanted);

struct oidc_start {
	const char *url;  /* where the browser goes */
	const char *note; /* for a cookie of OIDC_NOTE_SECONDS */
};

/* link_user_id: who is signed in and wants to link; 0: a sign-in. Blocks the
 * first time. */
enum status oidc_begin(struct oidc *oidc, const char *return_path,
		       int64_t link_user_id, struct arena *arena,
		       struct oidc_start *out, struct fault *fault);

struct oidc_return { /* what the address says; NULL: absent */
	const char *code, *state, *error, *issuer;
	struct span note; /* the cookie */
};

struct oidc_person {
	const char *issuer, *subject;
	const char *username, *full_name, *email; /* or NULL */
	bool email_verified;
	const char *return_path;
	int64_t link_user_id;
};

/* STATUS_DENIED: the person said no; STATUS_UNAUTHENTICATED: what came back is
 * not what was begun, or not signed by the provider. Blocks. */
enum status oidc_finish(struct oidc *oidc, const struct oidc_return *returned,
			struct arena *arena, struct oidc_person *out,
			struct fault *fault);

#endif /* OGMA_SERVICE_OIDC_H */
