/* problem.c - error answers: {"error","message","details","request_id"}. */
#include "net/request.h"

#include "base/json.h"

#define RETRY_AFTER_SECONDS "5"

static const char *
error_name(const struct fault *fault, unsigned status)
{
	if (status == 400)
		return "bad_request";
	if (status == 416)
		return "range_not_satisfiable";
	if (status == 429)
		return "rate_limit_exceeded";
	return status_name(fault->status);
}

/* 422: the field and what is wrong with it. 503: the service that is down.
 * Others: what the fault names, if anything. */
static void
details_add(struct json_writer *json, const struct fault *fault,
	    unsigned status)
{
	if (fault == NULL || fault->field[0] == '\0') {
		json_member_null(json, "details");
	} else if (status == 422) {
		json_member_array_begin(json, "details");
		json_object_begin(json);
		json_member_text(json, "field", fault->field);
		json_member_text(json, "message", fault->message);
		json_object_end(json);
		json_array_end(json);
	} else {
		json_member_object_begin(json, "details");
		json_member_text(json, status == 503 ? "service" : "field",
				 fault->field);
		json_object_end(json);
	}
}

static void
problem_answer(struct http_request *request, unsigned status,
	       const char *error, const char *message,
	       const struct fault *fault)
{
	struct buffer body;
	struct json_writer json;

	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_text(&json, "error", error);
	json_member_text(&json, "message", message);
	details_add(&json, fault, status);
	json_member_text(&json, "request_id", request->id);
	json_object_end(&json);
	if (status == 429 || status == 503)
		http_answer_field(request, "Retry-After", RETRY_AFTER_SECONDS);
	http_answer_buffer(request, status, "application/json", &body);
	buffer_release(&body);
}

void
http_answer_problem(struct http_request *request, unsigned status,
		    const char *error, const char *message)
{
	problem_answer(request, status, error, message, NULL);
}

void
http_answer_fault(struct http_request *request, const struct fault *fault)
{
	unsigned status = http_status_of_fault(fault);

	problem_answer(request, status, error_name(fault, status),
		       fault->message, fault);
}

void
request_refuse(struct http_request *request, const struct refusal *refusal)
{
	request->keep_alive = false;
	http_answer_problem(request, refusal->status, refusal->error,
			    refusal->message);
}
