/* route.h - the route table: what can be asked over HTTP, one row each.
 *
 * From the rows come the router, the check of every parameter, /openapi.json
 * and the tests that walk all routes. A handler is called only when its row's
 * parameters are all valid, so it never checks their form.
 *
 * Floor: 5 (api). Threads: tables are constant; the router is built once.
 */
#ifndef OGMA_API_ROUTE_H
#define OGMA_API_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "library/users.h"
#include "net/http.h"

struct call; /* call.h */

enum route_role { /* which role of the program serves it */
	ROUTE_OF_API,
	ROUTE_OF_STREAM,
	ROUTE_OF_METRICS, /* when metrics are on */
	ROUTE_OF_ALL, /* health: every role */
};

enum param_type {
	PARAM_ID,     /* integer from 1 */
	PARAM_INT,    /* integer within min..max */
	PARAM_NUMBER, /* double within min..max */
	PARAM_TEXT,   /* min..max characters (not bytes); max 0: 200. No control
		       * characters but tab and line ends */
	PARAM_CHOICE, /* one of `choices`, "a|b|c" */
	PARAM_BOOL,
	PARAM_TIME,   /* RFC 3339; the number is Unix milliseconds */

	/* In bodies only. */
	PARAM_IDS,    /* array of at most max ids */
	PARAM_OBJECT, /* any object; the handler checks what is inside */
	PARAM_LIST,   /* array of min..max of anything, likewise */
};

/* One value: of the query, of the pattern's braces, or a member of the body. */
struct param {
	const char *name;
	enum param_type type;
	bool required;
	bool nullable; /* body: null is a value of its own ("none") */
	double min, max;
	const char *choices;
	const char *preset; /* value when absent; NULL: not given */
	const char *alias;  /* body: another name that is taken too */
	const char *summary;
};

enum route_body {
	BODY_NONE,
	BODY_JSON,         /* one object; its members are rows of `body` */
	BODY_JSON_OR_FORM, /* or application/x-www-form-urlencoded */
	BODY_RAW,          /* bytes as they are; http_request_body() */
};

enum route_limit { /* which bucket a request is taken from; service/limits.h */
	ROUTE_LIMIT_API,
	ROUTE_LIMIT_LOGIN, /* guessing passwords and codes */
	ROUTE_LIMIT_NONE,  /* health and metrics */
};

#define ROUTE_PARAMS_MAX 20
#define ROUTE_FIELDS_MAX 24
#define ROUTE_PATH_PARAMS_MAX 3
#define ROUTE_BODY_MAX_BYTES 65536 /* of JSON, where the row says nothing */

typedef void route_handler(struct call *call);

/* What becomes of a body that is too large for memory: intake.h. */
struct route_intake {
	/* Before the first byte. What it returns is the intake's own; NULL:
	 * answered. */
	void *(*open)(struct call *call);
	enum status (*take)(void *cookie, const void *bytes, size_t count,
			    struct fault *fault);

	/* Last, whatever became of the request; which is over by then. */
	void (*close)(void *cookie);
};

struct route {
	enum http_method method;
	const char *pattern; /* "/api/v1/tracks/{id}/cover" */
	enum user_role right; /* it takes to ask; USER_ROLE_NONE: public */
	enum user_role others; /* it takes to touch other people's things, see
				* call_may_touch(); NONE where nothing is owned */
	enum route_role role;
	enum route_limit limit;
	route_handler *handler;
	bool open;           /* public even where the library is for members */
	const char *by_link; /* a signed link to this kind of thing will do:
			      * "track", "channel"; its id begins the first
			      * part of the path that is a parameter */
	bool by_token;       /* ?token= is a proof too: a browser can send
			      * no field with a WebSocket */
	bool takes_stream;   /* the body does not end, see http_plan */
	bool on_loop;        /* touches memory only: no worker needed; public */
	const char *tag;     /* heading in the API page */
	const char *summary; /* one sentence */
	const struct param *params; /* query and path, ends with {0} */
	enum route_body body_kind;
	const struct param *body;  /* members, ends with {0}; NULL: none */
	const char *body_type;     /* BODY_RAW: media type for the API page */
	uint64_t body_max_bytes;   /* 0: ROUTE_BODY_MAX_BYTES */
	const struct route_intake *intake; /* BODY_RAW: takes it piece by piece;
				    * the handler comes after the last */
	unsigned success;    /* 0: 200; 201, 202, 204 */
	const char *answer;  /* schema of success: a name from schemas.c, "[Name]"
			      * for a page of them, or a media type */
	const char *statuses; /* other answers, "404 422". 401, 403, 429, and
			       * 400, 413, 415, 422 of bodies come by
			       * themselves */
	const char *const *fields; /* extra answer fields: name, value, …, NULL */
};

/* All rows, ends with a NULL pattern. Aliases are rows of their own. */
extern const struct route api_routes[];

struct router;

struct route_match {
	const struct route *route; /* NULL: see allowed */
	size_t index;              /* of the row in the table */
	struct span values[ROUTE_PATH_PARAMS_MAX]; /* still encoded */
	unsigned allowed; /* bit per enum http_method that this path knows */
};

struct router *router_new(const struct route *routes);
void router_free(struct router *router);

/* Finds the row for a path as sent (query cut off). A slash at the end does
 * not matter. HEAD finds GET's row. */
void router_match(const struct router *router, enum http_method method,
		  struct span path, struct route_match *out);

#endif /* OGMA_API_ROUTE_H */
