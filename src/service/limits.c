/* limits.c - see limits.h. */
#include "service/limits.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

#define ROOM 65536
#define BURST_SHARE 0.5 /* of a minute's worth at once, and at least ten */

enum kind { BY_ACCOUNT = 1, BY_KEY, BY_ADDRESS, LOGINS, UPLOADS };

struct limits {
	struct limits_settings settings;
	struct networks exempt;
	struct buckets *buckets;
};

#define OFFSET(field) offsetof(struct limits_settings, field)
#define PER_MINUTE .type = OPTION_U32, .unit = "a minute", .max = 10000000

const struct option limits_options[] = {
	{ .name = "LIMIT_API_ANONYMOUS", PER_MINUTE, .preset = "3000",
	  .summary = "Requests of one address where nobody is signed in; 0: "
		     "no limit (here and below).",
	  .offset = OFFSET(api[USER_ROLE_NONE]) },
	{ .name = "LIMIT_API_USER", PER_MINUTE, .preset = "6000",
	  .summary = "Requests of one user.",
	  .offset = OFFSET(api[USER_ROLE_USER]) },
	{ .name = "LIMIT_API_ARTIST", PER_MINUTE, .preset = "6000",
	  .summary = "Requests of one artist.",
	  .offset = OFFSET(api[USER_ROLE_ARTIST]) },
	{ .name = "LIMIT_API_MODERATOR", PER_MINUTE, .preset = "12000",
	  .summary = "Requests of one moderator.",
	  .offset = OFFSET(api[USER_ROLE_MODERATOR]) },
	{ .name = "LIMIT_API_ADMIN", PER_MINUTE, .preset = "30000",
	  .summary = "Requests of one admin.",
	  .offset = OFFSET(api[USER_ROLE_ADMIN]) },
	{ .name = "LIMIT_API_SUPERADMIN", PER_MINUTE, .preset = "30000",
	  .summary = "Requests of one superadmin.",
	  .offset = OFFSET(api[USER_ROLE_SUPERADMIN]) },
	{ .name = "LIMIT_LOGIN", PER_MINUTE, .preset = "5",
	  .summary = "Failed sign-ins to one account from one address.",
	  .offset = OFFSET(login) },
	{ .name = "LIMIT_LOGIN_ADDRESS", PER_MINUTE, .preset = "30",
	  .summary = "Failed sign-ins, registrations and the like from one "
		     "address.",
	  .offset = OFFSET(login_address) },
	{ .name = "LIMIT_UPLOAD", PER_MINUTE, .preset = "120",
	  .summary = "Uploads of one account.", .offset = OFFSET(upload) },
	{ .name = "LIMIT_EXEMPT", .type = OPTION_TEXT,
	  .preset = "127.0.0.0/8, ::1",
	  .summary = "Addresses and networks whose requests are not counted, "
		     "except sign-ins.",
	  .offset = OFFSET(exempt) },
	{ 0 },
};

enum status
limits_open(const struct limits_settings *settings, struct limits **out,
	    struct fault *fault)
{
	struct limits *limits = mem_new(1, sizeof *limits);
	enum status status = networks_parse(span_of(settings->exempt),
					    &limits->exempt, fault);

	if (status != STATUS_OK) {
		free(limits);
		return status;
	}
	limits->settings = *settings;
	limits->buckets = buckets_new(ROOM);
	*out = limits;
	return STATUS_OK;
}

void
limits_close(struct limits *limits)
{
	if (limits == NULL)
		return;
	buckets_free(limits->buckets);
	free(limits);
}

struct buckets *
limits_buckets(struct limits *limits)
{
	return limits->buckets;
}

static struct bucket_rate
rate_of(uint32_t per_minute, double burst)
{
	return (struct bucket_rate){ (double)per_minute / 60,
				     per_minute == 0 ? 0 : burst };
}

static struct bucket_rate
api_rate(uint32_t per_minute)
{
	double burst = (double)per_minute * BURST_SHARE;

	return rate_of(per_minute, burst < 10 ? 10 : burst);
}

struct bucket_rate
limits_login_rate(const struct limits *limits)
{
	return rate_of(limits->settings.login, limits->settings.login);
}

static struct bucket_rate
login_address_rate(const struct limits *limits)
{
	return rate_of(limits->settings.login_address,
		       limits->settings.login_address);
}

/* The address as counted; false: it is exempt. */
static bool
address_key(const struct limits *limits, const char *text,
	    struct address *key)
{
	struct address address;

	if (text == NULL || !address_parse(span_of(text), &address)) {
		*key = (struct address){ { 0 } };
		return true;
	}
	*key = address_group(&address);
	return !networks_contain(&limits->exempt, &address);
}

static struct span
bytes_of(const void *bytes, size_t count)
{
	return (struct span){ bytes, count };
}

static uint32_t
take_api(struct limits *limits, const struct caller *caller,
	 const struct address *key)
{
	struct bucket_rate rate =
		api_rate(limits->settings.api[caller->role]);
	int64_t now_ms = clock_monotonic_ms();
	uint32_t wait_ms = 0;

	if (caller->user_id == 0)
		return buckets_take(limits->buckets, BY_ADDRESS,
				    bytes_of(key, sizeof *key), rate, now_ms);
	if (caller->key_id != 0)
		wait_ms = buckets_take(limits->buckets, BY_KEY,
				       bytes_of(&caller->key_id,
						sizeof caller->key_id),
				       rate, now_ms);
	if (wait_ms == 0)
		wait_ms = buckets_take(limits->buckets, BY_ACCOUNT,
				       bytes_of(&caller->user_id,
						sizeof caller->user_id),
				       rate, now_ms);
	return wait_ms;
}

uint32_t
limits_take(struct limits *limits, enum limit_class class,
	    const struct caller *caller, const char *address)
{
	struct address key;
	bool counted = address_key(limits, address, &key);
	uint32_t wait_ms = 0;

	if (class == LIMIT_LOGIN)
		wait_ms = buckets_take(limits->buckets, LOGINS,
				       bytes_of(&key, sizeof key),
				       login_address_rate(limits),
				       clock_monotonic_ms());
	else if (counted)
		wait_ms = take_api(limits, caller, &key);
	if (wait_ms == 0 && class == LIMIT_UPLOAD && caller->user_id != 0)
		wait_ms = buckets_take(limits->buckets, UPLOADS,
				       bytes_of(&caller->user_id,
						sizeof caller->user_id),
				       api_rate(limits->settings.upload),
				       clock_monotonic_ms());
	return (wait_ms + 999) / 1000;
}

void
limits_return_login(struct limits *limits, const char *address)
{
	struct address key;

	address_key(limits, address, &key);
	buckets_return(limits->buckets, LOGINS, bytes_of(&key, sizeof key),
		       login_address_rate(limits), clock_monotonic_ms());
}
