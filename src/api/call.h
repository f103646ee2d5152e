/* call.h - one request on its way through a handler.
 *
 * Floor: 5 (api). Threads: a call belongs to one thread at a time: the loop
 * that read it, then the worker that runs its handler.
 */
#ifndef OGMA_API_CALL_H
#define OGMA_API_CALL_H

#include "api/route.h"
#include "base/json.h"
#include "base/memory.h"
#include "net/http.h"

struct api;

enum call_language { LANGUAGE_EN, LANGUAGE_RU };

struct param_value {
	bool given; /* or preset */
	int64_t number;
	double real;
	const char *text; /* decoded, terminated */
};

struct call {
	struct api *api;
	struct http_request *request;
	struct arena *arena; /* the request's */
	const struct route *route;
	size_t route_index;
	enum call_language language;
	struct param_value values[ROUTE_PARAMS_MAX]; /* as route->params */
};

/* Checks every parameter of the route against its row and the request.
 * STATUS_INVALID: answered already, 422 with one detail per bad field (400
 * for text that cannot be decoded). */
enum status call_read_params(struct call *call,
			     const struct route_match *match);

/* One value by name; the row must exist (asserted). */
const struct param_value *call_value(const struct call *call,
				     const char *name);
int64_t call_int(const struct call *call, const char *name); /* absent: 0 */
const char *call_text(const struct call *call, const char *name); /* or NULL */

enum call_language call_language_of(const struct http_request *request);

/* ---- answers ------------------------------------------------------------ */

/* Takes the buffer. Adds an ETag made from the bytes to a 200. */
void call_answer_json(struct call *call, unsigned status,
		      struct buffer *body);

/* The contract's error object, with the status that fits and the sentence in
 * the caller's language. */
void call_answer_fault(struct call *call, const struct fault *fault);
void call_answer_not_found(struct call *call);

/* For errors before there is a call (router, limits). `details` is JSON or
 * empty. */
void request_answer_error(struct http_request *request, unsigned status,
			  const char *code, struct span details);

#endif /* OGMA_API_CALL_H */
