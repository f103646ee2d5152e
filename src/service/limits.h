/* limits.h - how much one client may ask.
 *
 * Who is signed in is counted by account (a key on its own too), everybody else
 * by address (an IPv6 /64 is one). Signing in is always counted by address. What
 * guesses at one account is counted in sign_in.h, which knows the account.
 *
 * Floor: 4 (service). Threads: limits_take() from any, also from event loops.
 */
#ifndef OGMA_SERVICE_LIMITS_H
#define OGMA_SERVICE_LIMITS_H

#include "base/option.h"
#include "net/address.h"
#include "service/buckets.h"
#include "service/caller.h"

enum limit_class {
	LIMIT_API,
	LIMIT_LOGIN,  /* signing in, registering, links: by address */
	LIMIT_UPLOAD,
};

struct limits_settings { /* a minute; 0: no limit */
	uint32_t api[USER_ROLE_SUPERADMIN + 1]; /* [0]: nobody signed in */
	uint32_t login, login_address, upload;
	const char *exempt; /* networks that LIMIT_API does not count */
};

extern const struct option limits_options[];

struct limits;

/* STATUS_INVALID: LIMIT_EXEMPT is no list of networks. */
enum status limits_open(const struct limits_settings *settings,
			struct limits **out, struct fault *fault);
void limits_close(struct limits *limits); /* NULL is fine */

/* 0: go on. Else answer 429 with Retry-After of so many seconds. */
uint32_t limits_take(struct limits *limits, enum limit_class class,
		     const struct caller *caller, const char *address);

/* A try at LIMIT_LOGIN was no guess after all. */
void limits_return_login(struct limits *limits, const char *address);

/* The table and the rate of LIMIT_LOGIN, for sign_in.c. */
struct buckets *limits_buckets(struct limits *limits);
struct bucket_rate limits_login_rate(const struct limits *limits);

#endif /* OGMA_SERVICE_LIMITS_H */
