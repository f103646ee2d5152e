/* hls.c - the last segments of a live stream; see hls.h.
 *
 * Everything is under one lock, held for no longer than a segment is copied. */
#include "service/hls.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

#define BUCKETS 1024
#define TARGET_MS 4000

struct segment {
	struct span bytes; /* owned */
	uint32_t duration_ms;
	uint32_t header; /* number of the one it needs */
};

struct waiter {
	struct http_request *request;
	int64_t since_ms;
	struct waiter *next;
	char query[]; /* of his list */
};

struct hls {
	pthread_mutex_t lock;
	struct segment segments[HLS_KEPT]; /* by number, modulo */
	uint64_t first, next;
	struct span header, header_before; /* owned */
	uint32_t headers; /* how many came */
	uint32_t longest_ms;
	struct waiter *waiters;
	struct hls_listener *buckets[BUCKETS];
	uint32_t listeners;
};

struct hls *
hls_new(int64_t now_ms)
{
	struct hls *hls = mem_new(1, sizeof *hls);

	pthread_mutex_init(&hls->lock, NULL);
	hls->first = hls->next = (uint64_t)now_ms / TARGET_MS;
	hls->longest_ms = TARGET_MS;
	return hls;
}

static struct span
bytes_copy(struct span bytes)
{
	char *copy = mem_new(bytes.length + 1, 1);

	memcpy(copy, bytes.at, bytes.length);
	return (struct span){ copy, bytes.length };
}

static void
bytes_free(struct span *bytes)
{
	free((void *)(uintptr_t)bytes->at);
	*bytes = (struct span){ 0 };
}

/* ---- segments ----------------------------------------------------------- */

static void
list_print(const struct hls *hls, const char *query, struct buffer *out)
{
	uint64_t from = hls->next - hls->first > HLS_LISTED ?
				hls->next - HLS_LISTED :
				hls->first;
	uint32_t header = hls->segments[from % HLS_KEPT].header;

	buffer_print(out,
		     "#EXTM3U\n#EXT-X-VERSION:7\n"
		     "#EXT-X-TARGETDURATION:%u\n"
		     "#EXT-X-MEDIA-SEQUENCE:%llu\n"
		     "#EXT-X-DISCONTINUITY-SEQUENCE:%u\n"
		     "#EXT-X-INDEPENDENT-SEGMENTS\n"
		     "#EXT-X-MAP:URI=\"init-%u.mp4%s\"\n",
		     (hls->longest_ms + 500) / 1000, (unsigned long long)from,
		     header, header, query);
	for (uint64_t n = from; n < hls->next; n++) {
		const struct segment *segment = &hls->segments[n % HLS_KEPT];

		if (segment->header != header)
			buffer_print(out,
				     "#EXT-X-DISCONTINUITY\n"
				     "#EXT-X-MAP:URI=\"init-%u.mp4%s\"\n",
				     segment->header, query);
		header = segment->header;
		buffer_print(out, "#EXTINF:%u.%03u,\n%llu.m4s%s\n",
			     segment->duration_ms / 1000,
			     segment->duration_ms % 1000,
			     (unsigned long long)n, query);
	}
}

static void
list_send(const struct hls *hls, struct http_request *request,
	  const char *query)
{
	struct buffer list;

	buffer_init(&list, 0);
	list_print(hls, query, &list);
	http_answer_buffer(request, 200, HLS_TYPE, &list);
	buffer_release(&list);
}

bool
hls_print(struct hls *hls, const char *query, struct buffer *out)
{
	bool has_any;

	pthread_mutex_lock(&hls->lock);
	has_any = hls->next > hls->first;
	if (has_any)
		list_print(hls, query, out);
	pthread_mutex_unlock(&hls->lock);
	return has_any;
}

void
hls_header(struct hls *hls, struct span bytes)
{
	pthread_mutex_lock(&hls->lock);
	bytes_free(&hls->header_before);
	hls->header_before = hls->header;
	hls->header = bytes_copy(bytes);
	hls->headers++;
	pthread_mutex_unlock(&hls->lock);
}

/* Segments of a header that is not kept any more are of no use. */
static void
segments_drop_old(struct hls *hls)
{
	while (hls->next > hls->first) {
		struct segment *oldest = &hls->segments[hls->first % HLS_KEPT];

		if (hls->next - hls->first < HLS_KEPT &&
		    oldest->header + 2 >= hls->headers)
			return;
		bytes_free(&oldest->bytes);
		hls->first++;
	}
}

void
hls_segment(struct hls *hls, struct span bytes, uint32_t samples,
	    uint32_t rate)
{
	uint32_t duration_ms = (uint32_t)((uint64_t)samples * 1000 / rate);
	struct waiter *waiters, *next;

	pthread_mutex_lock(&hls->lock);
	segments_drop_old(hls);
	hls->segments[hls->next++ % HLS_KEPT] = (struct segment){
		.bytes = bytes_copy(bytes),
		.duration_ms = duration_ms,
		.header = hls->headers - 1,
	};
	if (duration_ms > hls->longest_ms)
		hls->longest_ms = duration_ms;
	waiters = hls->waiters;
	hls->waiters = NULL;
	for (; waiters != NULL; waiters = next) {
		next = waiters->next;
		list_send(hls, waiters->request, waiters->query);
		free(waiters);
	}
	pthread_mutex_unlock(&hls->lock);
}

/* ---- answering ---------------------------------------------------------- */

static void
waiter_refuse(struct waiter *waiter)
{
	http_answer_problem(waiter->request, 503, "unavailable",
			    "The stream has not begun.");
	free(waiter);
}

void
hls_answer_list(struct hls *hls, struct http_request *request,
		const char *query, int64_t now_ms)
{
	struct waiter *waiter;

	pthread_mutex_lock(&hls->lock);
	if (hls->next > hls->first) {
		list_send(hls, request, query);
	} else {
		waiter = mem_new(1, sizeof *waiter + strlen(query) + 1);
		waiter->request = request;
		waiter->since_ms = now_ms;
		waiter->next = hls->waiters;
		memcpy(waiter->query, query, strlen(query) + 1);
		hls->waiters = waiter;
	}
	pthread_mutex_unlock(&hls->lock);
}

/* The number between two parts of a name. */
static bool
name_number(const char *name, const char *before, const char *after,
	    uint64_t *out)
{
	struct span text = span_of(name);
	size_t around = strlen(before) + strlen(after);

	if (text.length <= around || !span_starts(text, span_of(before)) ||
	    strcmp(name + text.length - strlen(after), after) != 0)
		return false;
	return span_to_u64((struct span){ name + strlen(before),
					  text.length - around },
			   out);
}

/* With the lock held. */
static struct span
file_find(const struct hls *hls, const char *name)
{
	uint64_t number;

	if (name_number(name, "", ".m4s", &number) && number >= hls->first &&
	    number < hls->next)
		return hls->segments[number % HLS_KEPT].bytes;
	if (!name_number(name, "init-", ".mp4", &number))
		return (struct span){ 0 };
	if (number + 1 == hls->headers)
		return hls->header;
	if (number + 2 == hls->headers)
		return hls->header_before;
	return (struct span){ 0 };
}

enum status
hls_answer_file(struct hls *hls, const char *name,
		struct http_request *request, size_t *bytes,
		struct fault *fault)
{
	struct span file;

	pthread_mutex_lock(&hls->lock);
	file = file_find(hls, name);
	*bytes = file.length;
	if (file.at != NULL)
		http_answer_field(request, "Cache-Control", "max-age=60");
	if (file.at != NULL)
		http_answer_bytes(request, 200, "audio/mp4", file);
	pthread_mutex_unlock(&hls->lock);
	return file.at != NULL ? STATUS_OK :
				 fault_set(fault, STATUS_NOT_FOUND,
					   "no such segment (any more)");
}

/* ---- who listens -------------------------------------------------------- */

/* FNV-1a. Who picks his agent to fill a bucket is bounded by the limit of
 * listeners. */
static uint32_t
hash_add(uint32_t hash, struct span bytes)
{
	for (size_t i = 0; i < bytes.length; i++)
		hash = (hash ^ (unsigned char)bytes.at[i]) * 16777619u;
	return hash;
}

static struct hls_listener **
listener_at(struct hls *hls, const char *address, struct span agent)
{
	uint32_t hash = hash_add(hash_add(2166136261u, span_of(address)),
				 agent);
	struct hls_listener **at = &hls->buckets[hash % BUCKETS];

	while (*at != NULL && (strcmp((*at)->address, address) != 0 ||
			       !span_equal(span_of((*at)->agent), agent)))
		at = &(*at)->next;
	return at;
}

/* Its texts lie behind it. */
static struct hls_listener *
listener_new(const char *address, struct span agent)
{
	size_t length = strlen(address) + 1;
	struct hls_listener *listener =
		mem_new(1, sizeof *listener + length + agent.length + 1);
	char *texts = (char *)(listener + 1);

	memcpy(texts, address, length);
	if (agent.length > 0)
		memcpy(texts + length, agent.at, agent.length);
	listener->address = texts;
	listener->agent = texts + length;
	return listener;
}

bool
hls_visit(struct hls *hls, const struct hls_visit *visit)
{
	struct hls_listener **at;
	bool is_new;

	pthread_mutex_lock(&hls->lock);
	at = listener_at(hls, visit->address, visit->agent);
	is_new = *at == NULL;
	if (is_new) {
		*at = listener_new(visit->address, visit->agent);
		(*at)->id = visit->id;
		(*at)->started_ms = visit->now_ms;
		hls->listeners++;
	}
	(*at)->asked_ms = visit->now_ms;
	(*at)->bytes += visit->bytes;
	if (visit->user_id != 0)
		(*at)->user_id = visit->user_id;
	pthread_mutex_unlock(&hls->lock);
	return is_new;
}

bool
hls_knows(struct hls *hls, const char *address, struct span agent)
{
	bool known;

	pthread_mutex_lock(&hls->lock);
	known = *listener_at(hls, address, agent) != NULL;
	pthread_mutex_unlock(&hls->lock);
	return known;
}

uint32_t
hls_listeners(struct hls *hls)
{
	uint32_t count;

	pthread_mutex_lock(&hls->lock);
	count = hls->listeners;
	pthread_mutex_unlock(&hls->lock);
	return count;
}

void
hls_listener_list(struct hls *hls, struct arena *arena,
		  struct hls_listener **out, size_t *count)
{
	*count = 0;
	pthread_mutex_lock(&hls->lock);
	*out = arena_new(arena, struct hls_listener, hls->listeners + 1);
	for (int i = 0; i < BUCKETS; i++) {
		for (const struct hls_listener *one = hls->buckets[i];
		     one != NULL; one = one->next) {
			struct hls_listener *copy = &(*out)[*count];

			if (one->dismissed)
				continue;
			*copy = *one;
			copy->address = arena_copy_text(arena, one->address);
			copy->agent = arena_copy_text(arena, one->agent);
			++*count;
		}
	}
	pthread_mutex_unlock(&hls->lock);
}

bool
hls_dismiss(struct hls *hls, int64_t id, int64_t now_ms)
{
	bool found = false;

	pthread_mutex_lock(&hls->lock);
	for (int i = 0; i < BUCKETS && !found; i++) {
		struct hls_listener *one = hls->buckets[i];

		while (one != NULL && (one->id != id || one->dismissed))
			one = one->next;
		if (one == NULL)
			continue;
		one->dismissed = found = true;
		one->asked_ms = now_ms;
		hls->listeners--;
	}
	pthread_mutex_unlock(&hls->lock);
	return found;
}

bool
hls_refuses(struct hls *hls, const char *address, struct span agent)
{
	const struct hls_listener *one;
	bool refused;

	pthread_mutex_lock(&hls->lock);
	one = *listener_at(hls, address, agent);
	refused = one != NULL && one->dismissed;
	pthread_mutex_unlock(&hls->lock);
	return refused;
}

static void
waiters_sweep(struct hls *hls, int64_t now_ms, bool all)
{
	struct waiter **at = &hls->waiters, *waiter;

	while ((waiter = *at) != NULL) {
		if (!all && now_ms - waiter->since_ms < HLS_WAIT_MS &&
		    !http_request_gone(waiter->request)) {
			at = &waiter->next;
			continue;
		}
		*at = waiter->next;
		waiter_refuse(waiter);
	}
}

struct hls_listener *
hls_sweep(struct hls *hls, int64_t now_ms, bool all)
{
	struct hls_listener *gone = NULL, *listener, **at;

	pthread_mutex_lock(&hls->lock);
	waiters_sweep(hls, now_ms, all);
	for (int i = 0; i < BUCKETS; i++) {
		at = &hls->buckets[i];
		while ((listener = *at) != NULL) {
			if (!all && now_ms - listener->asked_ms <
					    HLS_AWAY_MS) {
				at = &listener->next;
				continue;
			}
			*at = listener->next;
			listener->next = gone;
			gone = listener;
			hls->listeners -= !listener->dismissed;
		}
	}
	pthread_mutex_unlock(&hls->lock);
	return gone;
}

void
hls_free(struct hls *hls)
{
	struct hls_listener *gone, *next;

	if (hls == NULL)
		return;
	for (gone = hls_sweep(hls, 0, true); gone != NULL; gone = next) {
		next = gone->next;
		free(gone);
	}
	for (uint64_t n = hls->first; n < hls->next; n++)
		bytes_free(&hls->segments[n % HLS_KEPT].bytes);
	bytes_free(&hls->header);
	bytes_free(&hls->header_before);
	pthread_mutex_destroy(&hls->lock);
	free(hls);
}
