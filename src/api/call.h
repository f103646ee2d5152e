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
#include "driver/store.h"
#include "net/http.h"
#include "service/caller.h"

struct api;

enum call_language { LANGUAGE_EN, LANGUAGE_RU };

struct param_value {
	bool given;   /* or preset */
	bool is_null; /* of a nullable member: given as null */
	int64_t number; /* also of times (Unix ms) and of booleans */
	double real;
	const char *text; /* terminated */
	const int64_t *ids; /* PARAM_IDS */
	size_t id_count;
	json_t *json; /* PARAM_OBJECT and PARAM_LIST; borrowed from the call */
};

struct call {
	struct api *api;
	struct http_request *request;
	struct arena *arena; /* the request's */
	const struct route *route;
	size_t route_index;
	struct route_match match;
	enum call_language language;
	struct caller caller; /* user_id 0: nobody */
	const char *sig; /* of the link that said who; NULL: something else did */
	struct param_value values[ROUTE_PARAMS_MAX]; /* as route->params */
	struct param_value *fields; /* as route->body */
	json_t *body; /* owned */
	struct intake *intake; /* of a body in pieces; NULL: none yet */
};

/* From the matched row to its handler: who asks, may they, parameters, body.
 * What does not pass is answered. */
void call_run(struct call *call);

/* Its parts, for bodies in pieces: up to the body (false: answered), and the
 * fields of the row for the answer. */
bool call_admit(struct call *call);
void call_row_fields(struct call *call);

/* After the request is done. */
void call_release(struct call *call);

/* Checks every parameter of the route against its row and the request, and the
 * members of its body. STATUS_INVALID: answered already, 422 with one detail
 * per bad field (400 for text that cannot be decoded, 415 for another type of
 * body). */
enum status call_read_params(struct call *call);
enum status call_read_body(struct call *call);

/* One value by name, of the address (call_value) or of the body (call_field);
 * the row must exist (asserted). */
const struct param_value *call_value(const struct call *call,
				     const char *name);
int64_t call_int(const struct call *call, const char *name); /* absent: 0 */
const char *call_text(const struct call *call, const char *name); /* or NULL */
const struct param_value *call_field(const struct call *call,
				     const char *name);
const char *call_field_text(const struct call *call, const char *name);

/* Runs the work on a snapshot, or as one transaction; false: failed, and the
 * fault is answered. */
bool call_read_store(struct call *call, store_work *work, void *cookie);
bool call_write_store(struct call *call, store_work *work, void *cookie);

enum call_language call_language_of(const struct http_request *request);

/* ---- answers ------------------------------------------------------------ */

/* Takes the buffer. Adds an ETag made from the bytes to a 200. */
void call_answer_json(struct call *call, unsigned status,
		      struct buffer *body);

/* 204, or another status without a body. */
void call_answer_empty(struct call *call, unsigned status);

/* 429 with Retry-After. */
void call_answer_limited(struct call *call, uint32_t retry_after_seconds);

/* 422 about one member or parameter that only the handler can judge. The
 * sentence is the caller's to translate. */
void call_answer_field(struct call *call, const char *field,
		       const char *message);

/* Whether the caller owns it or has the role that route->others names; false:
 * answered with 403 already. */
bool call_may_touch(struct call *call, int64_t owner_id);

/* For what only some parameter asks: 401 or 403 is answered when false. */
bool call_expect_role(struct call *call, enum user_role role);

/* The contract's error object, with the status that fits and the sentence in
 * the caller's language. */
void call_answer_fault(struct call *call, const struct fault *fault);
void call_answer_not_found(struct call *call);

/* For errors before there is a call (router, limits). `details` is JSON or
 * empty. */
void request_answer_error(struct http_request *request, unsigned status,
			  const char *code, struct span details);

#endif /* OGMA_API_CALL_H */
