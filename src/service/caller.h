/* caller.h - who asks: the answer of access_identify(), and what it allows.
 *
 * Rights are two columns of the route table (api/route.h): the role it takes to
 * ask at all, and the role it takes to touch what belongs to somebody else.
 * caller_may_touch() is the one place that compares owners.
 *
 * Floor: 4 (service). Threads: plain data, owned by the request.
 */
#ifndef OGMA_SERVICE_CALLER_H
#define OGMA_SERVICE_CALLER_H

#include <stdbool.h>
#include <stdint.h>

#include "library/users.h"

enum caller_proof {
	PROOF_NONE,
	PROOF_TOKEN,   /* JWT access token (bearer) */
	PROOF_SESSION, /* cookie of the web app; unsafe methods need CSRF */
	PROOF_KEY,     /* personal API key; bounded by its scopes */
	PROOF_PROXY,   /* header of a trusted reverse proxy */
	PROOF_LINK,    /* signed link to one track, made by that user */
};

enum caller_scope { /* bits */
	SCOPE_READ = 1,  /* GET */
	SCOPE_WRITE = 2, /* everything else */
	SCOPE_ADMIN = 4, /* routes of admins, with the two above */
	SCOPE_ALL = 7,
};

struct caller {
	int64_t user_id; /* 0: nobody is signed in */
	enum user_role role;
	const char *username; /* NULL when nobody */
	enum caller_proof proof;
	unsigned scopes;
	int64_t session_id; /* of a token or a cookie; else 0 */
	int64_t key_id;     /* of an API key; else 0 */
	const char *address; /* of the client, for the audit log */
	const char *user_agent; /* may be NULL */
};

/* The caller is `owner_id`, or has at least the role `others` (USER_ROLE_NONE:
 * nobody may touch other people's). owner_id 0 belongs to nobody. */
bool caller_may_touch(const struct caller *caller, int64_t owner_id,
		      enum user_role others);

#endif /* OGMA_SERVICE_CALLER_H */
