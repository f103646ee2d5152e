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
#include "net/http.h"

struct call; /* call.h */

enum route_right { /* who may ask; each includes the ones below it */
	RIGHT_PUBLIC,
	RIGHT_USER,
	RIGHT_ARTIST,
	RIGHT_MODERATOR,
	RIGHT_ADMIN,
	RIGHT_SUPERADMIN,
};

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
	PARAM_TEXT,   /* at most max bytes of UTF-8; max 0: 200 */
	PARAM_CHOICE, /* one of `choices`, "a|b|c" */
	PARAM_BOOL,
};

struct param {
	const char *name; /* in the query, or in the pattern's braces */
	enum param_type type;
	bool required;
	double min, max;
	const char *choices;
	const char *preset; /* value when absent; NULL: not given */
	const char *summary;
};

#define ROUTE_PARAMS_MAX 20
#define ROUTE_PATH_PARAMS_MAX 3

typedef void route_handler(struct call *call);

struct route {
	enum http_method method;
	const char *pattern; /* "/api/v1/tracks/{id}/cover" */
	enum route_right right;
	enum route_role role;
	route_handler *handler;
	bool on_loop;        /* touches memory only: no worker needed */
	const char *tag;     /* heading in the API page */
	const char *summary; /* one sentence */
	const struct param *params; /* query and path, ends with {0} */
	const char *answer;  /* schema of 200: a name from schemas.c, "[Name]"
			      * for a page of them, or a media type */
	const char *statuses; /* other answers than 200, "404 422" */
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
