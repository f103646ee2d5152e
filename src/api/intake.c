/* intake.c - see intake.h.
 *
 * An intake outlives its request: what came last is taken after the client has
 * gone. After it has answered, a worker touches neither. */
#include "api/intake.h"

#include <stdlib.h>

#include "api/api.h"
#include "base/log.h"

/* One more piece of the loop's may come behind a full one. */
#define GATHERED_MAX_BYTES (INTAKE_PIECE_BYTES + 65536)

struct intake {
	const struct route_intake *row;
	struct buffer bytes; /* not taken yet */
	void *cookie;        /* NULL: not open yet */
	bool failed;         /* answered, or about to be */
};

static struct intake *
intake_of(struct call *call)
{
	if (call->intake == NULL) {
		call->intake = mem_new(1, sizeof *call->intake);
		call->intake->row = call->route->intake;
		buffer_init(&call->intake->bytes, GATHERED_MAX_BYTES);
	}
	return call->intake;
}

void *
intake_cookie(const struct call *call)
{
	return call->intake->cookie;
}

/* ---- on workers -------------------------------------------------------------- */

static enum status
bytes_take(struct intake *intake, struct fault *fault)
{
	enum status status = STATUS_OK;

	if (intake->bytes.length > 0)
		status = intake->row->take(intake->cookie, intake->bytes.bytes,
					   intake->bytes.length, fault);
	buffer_clear(&intake->bytes);
	return status;
}

/* False: answered. */
static bool
intake_step(struct call *call)
{
	struct intake *intake = call->intake;
	struct fault fault = { 0 };

	if (intake->cookie == NULL) {
		void *cookie = NULL;

		intake->failed = true;
		if (call_admit(call))
			cookie = intake->row->open(call);
		if (cookie == NULL)
			return false;
		intake->cookie = cookie;
		intake->failed = false;
	}
	if (bytes_take(intake, &fault) == STATUS_OK)
		return true;
	intake->failed = true;
	call_answer_fault(call, &fault);
	return false;
}

static void
piece_work(void *cookie)
{
	struct call *call = cookie;

	log_set_request(http_request_id(call->request));
	if (intake_step(call))
		http_body_resume(call->request);
	log_set_request(NULL);
}

static void
finish_work(void *cookie)
{
	struct call *call = cookie;

	log_set_request(http_request_id(call->request));
	if (intake_step(call)) {
		call_row_fields(call);
		call->route->handler(call);
	}
	log_set_request(NULL);
}

static void
close_work(void *cookie)
{
	struct intake *intake = cookie;

	if (intake->cookie != NULL) {
		if (!intake->failed)
			(void)bytes_take(intake, NULL);
		intake->row->close(intake->cookie);
	}
	buffer_release(&intake->bytes);
	free(intake);
}

/* ---- on the loop --------------------------------------------------------------- */

static enum status
busy(struct fault *fault)
{
	return fault_set(fault, STATUS_AGAIN_LATER,
			 "all workers are busy and the queue is full");
}

enum status
intake_take(struct call *call, const void *bytes, size_t count,
	    struct fault *fault)
{
	struct intake *intake = intake_of(call);

	if (intake->failed)
		return busy(fault);
	buffer_add(&intake->bytes, bytes, count);
	if (intake->cookie != NULL &&
	    intake->bytes.length < INTAKE_PIECE_BYTES)
		return STATUS_OK;
	http_body_pause(call->request);
	if (worker_pool_submit(call->api->workers, piece_work, call) !=
	    STATUS_OK) {
		intake->failed = true;
		http_body_resume(call->request);
	}
	return STATUS_OK;
}

void
intake_finish(struct call *call)
{
	struct intake *intake = intake_of(call);

	if (intake->failed ||
	    worker_pool_submit(call->api->workers, finish_work, call) !=
		    STATUS_OK)
		request_answer_error(call->request, 503, "busy",
				     (struct span){ 0 });
}

void
intake_end(struct call *call)
{
	struct intake *intake = call->intake;
	struct worker_pool *workers;

	if (intake == NULL)
		return;
	workers = call->api->workers;
	call->intake = NULL;
	/* Rather late on the loop than never. */
	if (worker_pool_submit(workers, close_work, intake) != STATUS_OK)
		close_work(intake);
}
