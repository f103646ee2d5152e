/* request.c - the life of a request, and what handlers may read of it. */
#include "net/request.h"

#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "net/accept.h"
#include "net/connection.h"
#include "net/far_body.h"
#include "net/shard.h"

/* A buffer that has grown beyond this is not kept for the next request. */
#define KEPT_BUFFER_BYTES 16384

/* splitmix64: an id needs to be unique, not secret. */
static uint64_t
id_next(struct shard *shard)
{
	uint64_t z = shard->id_state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static void
request_wake_run(struct loop_task *task)
{
	struct http_request *request =
		container_of(task, struct http_request, wake_task);

	atomic_store(&request->wake_posted, false);
	connection_wake(request);
	request_unref(request);
}

static void
request_answer_run(struct loop_task *task)
{
	struct http_request *request =
		container_of(task, struct http_request, answer_task);

	request->answered = true;
	connection_answered(request);
}

struct http_request *
request_new(struct shard *shard, struct connection *connection)
{
	struct http_request *request = shard->free_requests;
	uint64_t id = htobe64(id_next(shard));

	if (request != NULL) {
		shard->free_requests = request->next_free;
		shard->free_request_count--;
	} else {
		request = mem_new(1, sizeof *request);
		request->loop = shard->loop;
		loop_hold(shard->loop);
		request->answer_task.run = request_answer_run;
		request->wake_task.run = request_wake_run;
		request->answer.fd = -1;
	}
	shard->requests++;
	request->shard = shard;
	request->connection = connection;
	request->head.method = HTTP_METHOD_OTHER;
	request->head.minor = 1;
	request->head.path = request->head.query = (struct span){ "", 0 };
	request->begun_us = clock_monotonic_us();
	atomic_store(&request->references, 1);
	hex_print(&id, sizeof id, request->id);
	return request;
}

static void
buffer_recycle(struct buffer *buffer)
{
	if (buffer->room_bytes > KEPT_BUFFER_BYTES)
		buffer_release(buffer);
	else
		buffer_clear(buffer);
	buffer->limit_bytes = 0;
}

/* Back to how request_new() expects it, with its memory. */
static void
request_recycle(struct http_request *request)
{
	struct shard *shard = request->shard;
	struct http_request clean = {
		.answer_task = request->answer_task,
		.wake_task = request->wake_task,
		.loop = request->loop,
		.arena = request->arena,
		.body = request->body,
		.fields = request->fields,
		.stage = request->stage,
		.answer.out = request->answer.out,
		.answer.fd = -1,
		.next_free = shard->free_requests,
	};

	arena_reset(&clean.arena);
	buffer_recycle(&clean.body);
	buffer_recycle(&clean.fields);
	buffer_recycle(&clean.stage);
	buffer_recycle(&clean.answer.out);
	*request = clean;
	shard->free_requests = request;
	shard->free_request_count++;
}

void
request_free(struct http_request *request)
{
	arena_release(&request->arena);
	buffer_release(&request->body);
	buffer_release(&request->fields);
	buffer_release(&request->stage);
	buffer_release(&request->answer.out);
	loop_drop(request->loop);
	free(request);
}

void
request_unref(struct http_request *request)
{
	if (atomic_fetch_sub_explicit(&request->references, 1,
				      memory_order_acq_rel) != 1)
		return;
	if (loop_is_current(request->loop) &&
	    request->shard->free_request_count < FREE_REQUESTS_MAX)
		request_recycle(request);
	else
		request_free(request);
}

void
request_end(struct http_request *request)
{
	struct answer *answer = &request->answer;

	if (answer->source.release != NULL)
		answer->source.release(answer->source.cookie);
	answer->source.release = NULL;
	if (answer->takeover != NULL) /* nobody was there to begin with */
		answer->takeover->closed(answer->taker);
	answer->takeover = NULL;
	far_body_end(request->far, request);
	request->far = NULL;
	if (answer->fd >= 0)
		close(answer->fd);
	answer->fd = -1;
	free(answer->body_owned);
	answer->body_owned = NULL;
	request->connection = NULL;
	request_unref(request);
}

void
request_submit(struct http_request *request)
{
	if (loop_is_current(request->loop)) {
		if (request->in_callback)
			request->answered = true;
		else
			loop_defer(request->loop, &request->answer_task);
	} else if (!loop_post(request->loop, &request->answer_task)) {
		request_end(request); /* the server has closed */
	}
}

/* False when the loop has ended. */
static bool
request_post_wake(struct http_request *request)
{
	if (atomic_exchange(&request->wake_posted, true))
		return true;
	atomic_fetch_add(&request->references, 1);
	if (loop_post(request->loop, &request->wake_task))
		return true;
	request_unref(request);
	return false;
}

void
http_source_wake(struct http_request *request)
{
	request_post_wake(request);
}

void
http_body_pause(struct http_request *request)
{
	assert(request->in_callback);
	request->body_paused = true;
}

void
http_body_resume(struct http_request *request)
{
	if (!request_post_wake(request))
		request_end(request); /* the server has closed */
}

/* ---- what handlers read ------------------------------------------------- */

enum http_method
http_request_method(const struct http_request *request)
{
	return request->head.method;
}

struct span
http_request_path(const struct http_request *request)
{
	return request->head.path;
}

struct span
http_request_query(const struct http_request *request)
{
	return request->head.query;
}

bool
http_request_field(const struct http_request *request, const char *name,
		   struct span *value)
{
	return request_head_field(&request->head, name, value);
}

struct span
http_request_body(const struct http_request *request)
{
	return (struct span){ request->body.bytes != NULL ?
				      request->body.bytes :
				      "",
			      request->body.length };
}

const char *
http_request_peer(const struct http_request *request)
{
	return request->peer;
}

const char *
http_request_address(const struct http_request *request)
{
	return request->address;
}

const char *
http_request_id(const struct http_request *request)
{
	return request->id;
}

struct arena *
http_request_arena(struct http_request *request)
{
	return &request->arena;
}

void
http_request_set_data(struct http_request *request, void *data)
{
	request->data = data;
}

void *
http_request_data(const struct http_request *request)
{
	return request->data;
}

bool
http_request_gone(const struct http_request *request)
{
	return atomic_load_explicit(&request->gone, memory_order_relaxed);
}

unsigned
http_request_accepts(struct http_request *request, const char *coding)
{
	struct span list = request_head_list(
		&request->head, "accept-encoding", &request->arena);

	return list.at == NULL ?
		       0 :
		       accept_encoding_weight(list, span_of(coding));
}
