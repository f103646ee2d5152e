/* sockets.c - see sockets.h.
 *
 * Who may listen is decided before the answer, on a worker; who may not is told
 * so over the socket, because a browser shows its page nothing of a refused
 * opening. After that a session lives on its loop: what the client says is read
 * there, events come from any thread by session_deliver(). A thread looks again,
 * now and then, whether those who are signed in still may listen. */
#include "api/sockets.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/api.h"
#include "api/handlers.h"
#include "api/messages.h"
#include "base/clock.h"
#include "base/counter.h"
#include "base/json.h"
#include "base/log.h"
#include "net/websocket.h"
#include "service/access.h"
#include "service/live_hub.h"

#define OFFSET(field) offsetof(struct sockets_settings, field)

#define MESSAGE_MAX_BYTES 4096 /* of a client */
#define CLOSE_MS 2000
#define PING_EVERY_MS 10000
#define MINUTE_MS 60000
#define LOOK_EVERY_SECONDS 2
#define CHOICES_PER_MINUTE 10
#define TEXTS_PER_MINUTE 60

#define CLOSE_POLICY 1008
#define CLOSE_LATER 1013

const struct option sockets_options[] = {
	{ .name = "WEBSOCKETS_MAX", .type = OPTION_U32, .preset = "1000",
	  .min = 0, .max = 1000000, .unit = "connections",
	  .summary = "WebSockets that may be open at once.",
	  .offset = OFFSET(max) },
	{ .name = "WEBSOCKETS_PER_ADDRESS_MAX", .type = OPTION_U32,
	  .preset = "50", .min = 1, .max = 1000000, .unit = "connections",
	  .summary = "WebSockets that may be open from one address.",
	  .offset = OFFSET(per_address_max) },
	{ .name = "WEBSOCKET_PING_SECONDS", .type = OPTION_U32,
	  .preset = "30", .min = 1, .max = 3600, .unit = "s",
	  .summary = "How often a WebSocket's client is asked for a sign of "
		     "life; who gives none until the next time is cut off.",
	  .offset = OFFSET(ping_seconds) },
	{ .name = "WEBSOCKET_QUEUE_BYTES", .type = OPTION_U32,
	  .preset = "262144", .min = 16384, .max = 67108864, .unit = "bytes",
	  .summary = "What may wait for a WebSocket's client that does not "
		     "read; with more it is cut off.",
	  .offset = OFFSET(queue_bytes) },
	{ 0 }
};

static struct metric connections =
	METRIC_GAUGE("ogma_websocket_connections",
		     "WebSockets open now; channel_id \"all\": not of one "
		     "channel.",
		     "channel_id");
static struct metric dropped = METRIC_GAUGE(
	"ogma_websocket_dropped",
	"WebSockets cut off since the start because they did not read.");

struct sockets {
	struct sockets_settings settings;
	struct live_hub *hub;
	struct access *access;
	struct websockets *net;
	pthread_mutex_t lock;
	struct session *sessions;
	uint32_t count;
	uint64_t opened; /* since the start: the last session's number */

	pthread_t looker;
	pthread_cond_t wake; /* `ending` was set */
	bool ending;
};

struct session {
	struct sockets *all;
	struct live_subscriber subscriber;
	struct websocket *socket; /* set under the lock */
	uint64_t number;
	struct standing standing; /* user_id 0: of nobody; does not change */
	int64_t since;
	enum call_language language;
	char address[64];
	const char *refusal; /* code of an error; NULL: welcome */
	bool joined;
	struct metric_cell *cell;
	struct session *next, *previous;

	/* What the client did lately; monotonic. */
	int64_t ping_at_ms, choices_at_ms, texts_at_ms;
	uint32_t choices, texts;
};

/* ---- all of them -------------------------------------------------------------- */

static void
refresh(void *cookie)
{
	struct sockets *sockets = cookie;

	gauge_set(metric_cell(&dropped),
		  (double)websockets_dropped(sockets->net));
}

void
sockets_figures(struct sockets *sockets, struct sockets_figures *out)
{
	*out = (struct sockets_figures){
		.max = sockets->settings.max,
		.dropped = websockets_dropped(sockets->net),
	};
	pthread_mutex_lock(&sockets->lock);
	out->count = sockets->count;
	for (const struct session *session = sockets->sessions;
	     session != NULL; session = session->next)
		out->by_topic[session->subscriber.topic]++;
	pthread_mutex_unlock(&sockets->lock);
}

/* False: there are as many as there may be. */
static bool
session_admit(struct session *session)
{
	struct sockets *all = session->all;
	uint32_t same = 0;
	bool admitted;

	pthread_mutex_lock(&all->lock);
	for (struct session *other = all->sessions; other != NULL;
	     other = other->next)
		same += strcmp(other->address, session->address) == 0;
	admitted = all->count < all->settings.max &&
		   same < all->settings.per_address_max;
	session->next = all->sessions;
	if (session->next != NULL)
		session->next->previous = session;
	all->sessions = session;
	session->number = ++all->opened;
	all->count++;
	pthread_mutex_unlock(&all->lock);
	return admitted;
}

static void
session_remove(struct session *session)
{
	struct sockets *all = session->all;

	pthread_mutex_lock(&all->lock);
	if (session->previous != NULL)
		session->previous->next = session->next;
	else
		all->sessions = session->next;
	if (session->next != NULL)
		session->next->previous = session->previous;
	all->count--;
	pthread_mutex_unlock(&all->lock);
}

/* ---- what is said to one client -------------------------------------------------- */

static void
send_data(struct session *session, const char *event, const struct buffer *data)
{
	int64_t channel = session->subscriber.channel_id;
	struct ws_message *message = live_message(
		session->subscriber.topic, event,
		channel == LIVE_CHANNEL_ANY ? 0 : channel, 0,
		(struct span){ data->bytes, data->length });

	websocket_send(session->socket, message);
	ws_message_drop(message);
}

/* `retry_after_seconds` 0: left out. */
static void
send_error(struct session *session, const char *code,
	   uint32_t retry_after_seconds)
{
	struct json_writer json;
	struct buffer data;

	buffer_init(&data, 0);
	json_writer_init(&json, &data);
	json_object_begin(&json);
	json_member_text(&json, "code", code);
	json_member_text(&json, "message",
			 message_of_code(code, session->language));
	if (retry_after_seconds > 0)
		json_member_int(&json, "retry_after", retry_after_seconds);
	json_object_end(&json);
	send_data(session, "error", &data);
	buffer_release(&data);
}

static void
events_print(struct json_writer *json, enum live_topic topic, uint32_t events)
{
	const char *const *names = live_topic_events(topic);

	json_member_array_begin(json, "subscribed_events");
	for (uint32_t i = 0; names[i] != NULL; i++) {
		if (events & 1u << i)
			json_text(json, names[i]);
	}
	json_array_end(json);
}

static void
send_choice(struct session *session, const char *event)
{
	struct json_writer json;
	struct buffer data;

	buffer_init(&data, 0);
	json_writer_init(&json, &data);
	json_object_begin(&json);
	events_print(&json, session->subscriber.topic,
		     session->subscriber.events);
	json_object_end(&json);
	send_data(session, event, &data);
	buffer_release(&data);
}

/* ---- events of the hub ------------------------------------------------------------- */

static void
session_greet(void *cookie, bool resumed, int64_t seq)
{
	struct session *session = cookie;
	struct json_writer json;
	struct buffer data;

	buffer_init(&data, 0);
	json_writer_init(&json, &data);
	json_object_begin(&json);
	events_print(&json, session->subscriber.topic,
		     session->subscriber.events);
	json_member_bool(&json, "resumed", resumed);
	json_member_int(&json, "last_seq", seq);
	json_object_end(&json);
	send_data(session, "connected", &data);
	buffer_release(&data);
}

static void
session_deliver(void *cookie, struct ws_message *message)
{
	struct session *session = cookie;

	websocket_send(session->socket, message);
}

/* ---- what the client says ------------------------------------------------------------ */

/* One more of at most `max` within a minute; else false and *wait. */
static bool
minute_take(int64_t *began_ms, uint32_t *count, uint32_t max, uint32_t *wait)
{
	int64_t now = clock_monotonic_ms();

	if (*began_ms == 0 || now - *began_ms >= MINUTE_MS) {
		*began_ms = now;
		*count = 0;
	}
	*wait = (uint32_t)((*began_ms + MINUTE_MS - now + 999) / 1000);
	return ++*count <= max;
}

static void
take_ping(struct session *session)
{
	int64_t now = clock_monotonic_ms();
	int64_t wait = session->ping_at_ms + PING_EVERY_MS - now;
	struct buffer data;

	if (session->ping_at_ms != 0 && wait > 0) {
		send_error(session, "rate_limit_exceeded",
			   (uint32_t)((wait + 999) / 1000));
		return;
	}
	session->ping_at_ms = now;
	buffer_init(&data, 0);
	buffer_add_text(&data, "{}");
	send_data(session, "pong", &data);
	buffer_release(&data);
}

/* `events` is an array of names, or one name. 0: there is none, or one that is
 * not known. */
static uint32_t
events_of(enum live_topic topic, const json_t *events)
{
	uint32_t mask = 0, bit;
	const json_t *name;
	size_t i;

	if (json_is_string(events))
		return live_event_bit(topic,
				      span_of(json_string_value(events)));
	json_array_foreach(events, i, name) {
		bit = live_event_bit(topic, span_of(json_string_value(name)));
		if (bit == 0)
			return 0;
		mask |= bit;
	}
	return mask;
}

static void
take_choice(struct session *session, const json_t *message, bool more)
{
	struct live_subscriber *subscriber = &session->subscriber;
	const json_t *events = json_object_get(message, "events");
	uint32_t mask, wait;

	if (!minute_take(&session->choices_at_ms, &session->choices,
			 CHOICES_PER_MINUTE, &wait)) {
		send_error(session, "rate_limit_exceeded", wait);
		return;
	}
	if (events == NULL || json_array_size(events) > 32) {
		send_error(session, "subscription_failed", 0);
		return;
	}
	mask = events_of(subscriber->topic, events);
	if (mask == 0) {
		send_error(session, "invalid_event_type", 0);
		return;
	}
	live_hub_choose(session->all->hub, subscriber,
			more ? subscriber->events | mask :
			       subscriber->events & ~mask);
	send_choice(session, more ? "subscribed" : "unsubscribed");
}

static void
take_object(struct session *session, const json_t *message)
{
	static const char *const names[] = { "type", "event", "action" };
	const char *what = NULL;

	for (size_t i = 0; what == NULL && i < ARRAY_LENGTH(names); i++)
		what = json_string_value(json_object_get(message, names[i]));
	if (what != NULL && strcmp(what, "ping") == 0)
		take_ping(session);
	else if (what != NULL && strcmp(what, "subscribe") == 0)
		take_choice(session, message, true);
	else if (what != NULL && strcmp(what, "unsubscribe") == 0)
		take_choice(session, message, false);
	else if (what == NULL || strcmp(what, "pong") != 0)
		send_error(session, "invalid_message", 0);
}

static void
session_text(void *cookie, struct span text)
{
	struct session *session = cookie;
	json_t *message = NULL;
	uint32_t wait;

	if (!session->joined)
		return;
	if (!minute_take(&session->texts_at_ms, &session->texts,
			 TEXTS_PER_MINUTE, &wait)) {
		send_error(session, "rate_limit_exceeded", wait);
		websocket_close(session->socket, CLOSE_POLICY,
				"rate_limit_exceeded");
		return;
	}
	text = span_trim(text);
	if (span_equal(text, SPAN("ping")))
		take_ping(session);
	else if (json_parse(text.at, text.length, &message, NULL) ==
		 STATUS_OK)
		take_object(session, message);
	else
		send_error(session, "invalid_message", 0);
	json_decref(message);
}

/* ---- life of a session ----------------------------------------------------------------- */

static void
session_opened(void *cookie, struct websocket *socket)
{
	struct session *session = cookie;
	bool full = session->refusal != NULL &&
		    strcmp(session->refusal, "rate_limit_exceeded") == 0;

	pthread_mutex_lock(&session->all->lock);
	session->socket = socket;
	pthread_mutex_unlock(&session->all->lock);
	if (session->refusal != NULL) {
		send_error(session, session->refusal, full ? 30 : 0);
		websocket_close(socket, full ? CLOSE_LATER : CLOSE_POLICY,
				session->refusal);
		return;
	}
	gauge_add(session->cell, 1);
	session->joined = true;
	live_hub_join(session->all->hub, &session->subscriber,
		      session->since);
}

static void
session_closed(void *cookie)
{
	struct session *session = cookie;

	if (session->joined) {
		live_hub_leave(session->all->hub, &session->subscriber);
		gauge_add(session->cell, -1);
	}
	session_remove(session);
	free(session);
}

/* ---- who may ------------------------------------------------------------------------------ */

/* Whether the page that opens the socket is ours; only then the cookie counts.
 * Programs send no Origin. */
static bool
origin_good(const struct call *call)
{
	const char *ours = access_settings_of(call->api->args.access)
				   ->public_url;
	struct span origin, host = { 0 }, url = span_of(ours);
	const char *after;

	if (!http_request_field(call->request, "origin", &origin))
		return true;
	while (url.length > 0 && url.at[url.length - 1] == '/')
		url.length--;
	if (url.length > 0 && span_equal_nocase(origin, url))
		return true;
	http_request_field(call->request, "host", &host);
	after = origin.length == 0 ? NULL :
				     memmem(origin.at, origin.length, "://", 3);
	return after != NULL && host.length > 0 &&
	       span_equal_nocase(
		       (struct span){ after + 3,
				      (size_t)(origin.at + origin.length -
					       after - 3) },
		       host);
}

static bool
proof_is_ambient(const struct call *call)
{
	return call->caller.proof == PROOF_SESSION ||
	       call->caller.proof == PROOF_PROXY;
}

static const char *
refuse_person(const struct access *access, int64_t user_id,
	      enum user_role role, enum live_topic topic)
{
	bool members_only = access_settings_of(access)->members_only;

	if (user_id == 0 && (members_only || topic == LIVE_MONITORING))
		return "authentication_required";
	if (topic == LIVE_MONITORING && role < USER_ROLE_MODERATOR)
		return "subscription_failed";
	return NULL;
}

/* Fills the subscriber's channel. */
static const char *
refuse_channel(const struct call *call, struct live_subscriber *subscriber)
{
	const char *text = call_text(call, "channel_id");
	bool is_public = false;
	int64_t id;

	if (text == NULL || *text == '\0')
		return NULL;
	if (!span_to_i64(span_of(text), &id) || id == 0 ||
	    id == LIVE_CHANNEL_ANY)
		return "invalid_channel_id";
	if (!live_hub_find(call->api->args.live, id, &is_public) ||
	    (!is_public && !subscriber->sees_private))
		return "channel_not_found";
	subscriber->channel_id = id;
	return NULL;
}

/* "a,b"; the usual ones when absent. */
static const char *
refuse_events(const struct call *call, struct live_subscriber *subscriber)
{
	struct span rest = span_of(call_text(call, "events")), name;
	uint32_t bit;

	subscriber->events = live_topic_usual(subscriber->topic);
	if (rest.length == 0)
		return NULL;
	subscriber->events = 0;
	while (span_next(&rest, ',', &name)) {
		bit = live_event_bit(subscriber->topic, span_trim(name));
		if (bit == 0)
			return "invalid_event_type";
		subscriber->events |= bit;
	}
	return NULL;
}

static struct session *
session_new(const struct call *call, enum live_topic topic)
{
	struct session *session = mem_new(1, sizeof *session);
	char label[24] = "all";

	session->all = call->api->sockets;
	session->language = call->language;
	session->since = call_int(call, "since");
	session->subscriber = (struct live_subscriber){
		.topic = topic,
		.channel_id = LIVE_CHANNEL_ANY,
		.sees_private = call->caller.role >= USER_ROLE_MODERATOR,
		.deliver = session_deliver,
		.greet = session_greet,
		.cookie = session,
	};
	snprintf(session->address, sizeof session->address, "%s",
		 http_request_address(call->request));
	session->standing = (struct standing){
		.user_id = call->caller.user_id,
		.session_id = call->caller.session_id,
		.key_id = call->caller.key_id,
		.role = call->caller.role,
	};
	session->refusal = refuse_person(session->all->access,
					 call->caller.user_id,
					 call->caller.role, topic);
	if (session->refusal == NULL)
		session->refusal = refuse_channel(call, &session->subscriber);
	if (session->refusal == NULL)
		session->refusal = refuse_events(call, &session->subscriber);
	if (session->subscriber.channel_id != LIVE_CHANNEL_ANY)
		snprintf(label, sizeof label, "%lld",
			 (long long)session->subscriber.channel_id);
	session->cell = metric_cell(&connections, label);
	return session;
}

static void
answer_no_opening(struct call *call, enum ws_opening_result result)
{
	bool members_only =
		access_settings_of(call->api->args.access)->members_only;

	if (members_only && call->caller.user_id == 0) {
		request_answer_error(call->request, 401, "unauthenticated",
				     (struct span){ 0 });
		return;
	}
	http_answer_field(call->request, "Sec-WebSocket-Version", "13");
	if (result == WS_OPENING_BAD) {
		request_answer_error(call->request, 400, "bad_request",
				     (struct span){ 0 });
		return;
	}
	http_answer_field(call->request, "Upgrade", "websocket");
	request_answer_error(call->request, 426, "upgrade_required",
			     (struct span){ 0 });
}

static void
socket_handle(struct call *call, enum live_topic topic)
{
	static const struct websocket_handlers handlers = {
		session_opened, session_text, session_closed
	};
	enum ws_opening_result result = websocket_check(call->request);
	struct session *session;

	if (result != WS_OPENING_GOOD) {
		answer_no_opening(call, result);
		return;
	}
	if (proof_is_ambient(call) && !origin_good(call)) {
		request_answer_error(call->request, 403, "denied",
				     (struct span){ 0 });
		return;
	}
	session = session_new(call, topic);
	if (!session_admit(session))
		session->refusal = "rate_limit_exceeded";
	websocket_answer(session->all->net, call->request, &handlers,
			 session);
}

void
handle_socket_stats(struct call *call)
{
	socket_handle(call, LIVE_STATS);
}

void
handle_socket_monitoring(struct call *call)
{
	socket_handle(call, LIVE_MONITORING);
}

void
handle_socket_playlist(struct call *call)
{
	socket_handle(call, LIVE_PLAYLIST);
}

/* ---- who still may ------------------------------------------------------------------------- */

/* One session as the looker remembers it without the lock. */
struct glance {
	uint64_t number;
	struct standing standing;
};

static struct glance *
glances_take(struct sockets *sockets, size_t *count)
{
	struct glance *glances;

	*count = 0;
	pthread_mutex_lock(&sockets->lock);
	glances = mem_new(sockets->count + 1, sizeof *glances);
	for (struct session *session = sockets->sessions; session != NULL;
	     session = session->next) {
		if (session->standing.user_id != 0 && session->socket != NULL &&
		    session->refusal == NULL)
			glances[(*count)++] = (struct glance){
				session->number, session->standing
			};
	}
	pthread_mutex_unlock(&sockets->lock);
	return glances;
}

/* NULL: may stay. Who may see less than when they came has to come anew. */
static const char *
refuse_now(const struct session *session, const struct standing *now)
{
	if (!now->stands)
		return "authentication_required";
	if (session->subscriber.sees_private &&
	    now->role < USER_ROLE_MODERATOR)
		return "subscription_failed";
	return refuse_person(session->all->access, now->user_id, now->role,
			     session->subscriber.topic);
}

/* Both lists are in the same order; who came since is before them, who went is
 * missing. */
static void
glances_apply(struct sockets *sockets, const struct glance *glances,
	      const struct standing *now, size_t count)
{
	size_t i = 0;

	pthread_mutex_lock(&sockets->lock);
	for (struct session *session = sockets->sessions;
	     session != NULL && i < count; session = session->next) {
		const char *refusal;

		while (i < count && glances[i].number > session->number)
			i++;
		if (i == count || glances[i].number != session->number)
			continue;
		refusal = refuse_now(session, &now[i]);
		if (refusal == NULL)
			continue;
		send_error(session, refusal, 0);
		websocket_close(session->socket, CLOSE_POLICY, refusal);
	}
	pthread_mutex_unlock(&sockets->lock);
}

static void
look_again(struct sockets *sockets)
{
	struct fault fault = { 0 };
	struct standing *now;
	struct glance *glances;
	size_t count;

	glances = glances_take(sockets, &count);
	now = mem_new(count + 1, sizeof *now);
	for (size_t i = 0; i < count; i++)
		now[i] = glances[i].standing;
	if (count > 0 && access_look_again(sockets->access, now, count,
					   &fault) == STATUS_OK)
		glances_apply(sockets, glances, now, count);
	else if (fault.message[0] != '\0')
		log_warning("sockets", "cannot see who still may listen",
			    LOG_TEXT("reason", fault.message));
	free(now);
	free(glances);
}

/* True: it is time; false: the end. */
static bool
look_wait(struct sockets *sockets)
{
	struct timespec at;
	bool goes_on;

	clock_gettime(CLOCK_REALTIME, &at);
	at.tv_sec += LOOK_EVERY_SECONDS;
	pthread_mutex_lock(&sockets->lock);
	while (!sockets->ending &&
	       pthread_cond_timedwait(&sockets->wake, &sockets->lock, &at) !=
		       ETIMEDOUT)
		continue;
	goes_on = !sockets->ending;
	pthread_mutex_unlock(&sockets->lock);
	return goes_on;
}

static void *
looker_run(void *cookie)
{
	struct sockets *sockets = cookie;

	while (look_wait(sockets))
		look_again(sockets);
	return NULL;
}

/* ---- the beginning and the end ----------------------------------------------------------- */

enum status
sockets_open(const struct sockets_settings *settings, struct live_hub *hub,
	     struct access *access, struct sockets **out, struct fault *fault)
{
	struct sockets *sockets = mem_new(1, sizeof *sockets);
	const struct websocket_settings net = {
		.ping_ms = settings->ping_seconds * 1000,
		.close_ms = CLOSE_MS,
		.message_max_bytes = MESSAGE_MAX_BYTES,
		.queue_max_bytes = settings->queue_bytes,
	};
	int error;

	sockets->settings = *settings;
	sockets->hub = hub;
	sockets->access = access;
	pthread_mutex_init(&sockets->lock, NULL);
	pthread_cond_init(&sockets->wake, NULL);
	error = pthread_create(&sockets->looker, NULL, looker_run, sockets);
	if (error != 0) {
		pthread_cond_destroy(&sockets->wake);
		pthread_mutex_destroy(&sockets->lock);
		free(sockets);
		return fault_errno(fault, error, "cannot start a thread");
	}
	sockets->net = websockets_new(&net);
	metric_register(&connections);
	metric_on_print(refresh, sockets);
	*out = sockets;
	return STATUS_OK;
}

void
sockets_close(struct sockets *sockets)
{
	pthread_mutex_lock(&sockets->lock);
	sockets->ending = true;
	pthread_cond_signal(&sockets->wake);
	pthread_mutex_unlock(&sockets->lock);
	pthread_join(sockets->looker, NULL);
	metric_off_print(sockets);
	websockets_free(sockets->net);
	pthread_cond_destroy(&sockets->wake);
	pthread_mutex_destroy(&sockets->lock);
	free(sockets);
}
