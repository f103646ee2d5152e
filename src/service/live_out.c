/* live_out.c - what goes out of the channels on the air; see live_out.h.
 *
 * An outlet is one format of one channel while somebody listens: a tap of the
 * programme, and the mount or the segments that it fills. What happens on loops
 * and on the programme's pacer (a listener has left, an encoder cannot be had)
 * is only noted there; the keeper, a thread, does the rest. */
#include "service/live_out_private.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/worker.h"

#define LINGER_MS 5000 /* of an outlet without a listener */
#define KEEPER_TURN_MS 500    /* while there are outlets */

#define OFFSET(field) offsetof(struct live_out_settings, field)

const struct option live_out_options[] = {
	{ .name = "LIVE_LISTENERS_MAX", .type = OPTION_U32, .preset = "0",
	  .unit = "listeners", .min = 0, .max = 1000000,
	  .summary = "How many may listen to all channels together; 0: as "
		     "many as connections.",
	  .offset = OFFSET(listeners_max) },
	{ .name = "LIVE_BURST_BYTES", .type = OPTION_U32, .preset = "65536",
	  .unit = "bytes", .min = 0, .max = 4194304,
	  .summary = "What a new listener gets at once, so that the player "
		     "starts quickly.",
	  .offset = OFFSET(burst_bytes) },
	{ .name = "LIVE_QUEUE_BYTES", .type = OPTION_U32, .preset = "524288",
	  .unit = "bytes", .min = 65536, .max = 67108864,
	  .summary = "How far behind a listener may be; past that some sound "
		     "is skipped.",
	  .offset = OFFSET(queue_bytes) },
	{ .name = "LIVE_STALL_SECONDS", .type = OPTION_U32, .preset = "30",
	  .unit = "seconds", .min = 1, .max = 3600,
	  .summary = "A listener that takes nothing for so long is cut off.",
	  .offset = OFFSET(stall_seconds) },
	{ 0 }
};

const uint32_t live_usual_kbps[MEDIA_LIVE_FORMATS] = {
	[MEDIA_LIVE_MP3] = 128,	   [MEDIA_LIVE_AAC] = 128,
	[MEDIA_LIVE_OPUS] = 96,	   [MEDIA_LIVE_VORBIS] = 112,
	[MEDIA_LIVE_FMP4] = 128,
};

/* ---- outlets ------------------------------------------------------------ */

static void
on_packet(void *cookie, const struct media_packet *packet)
{
	struct outlet *outlet = cookie;
	struct span bytes = packet->bytes;

	if (outlet->hls != NULL && packet->kind == MEDIA_PACKET_HEADER) {
		hls_header(outlet->hls, bytes);
	} else if (outlet->hls != NULL) {
		hls_segment(outlet->hls, bytes, packet->samples,
			    MEDIA_LIVE_RATE);
	} else if (packet->kind == MEDIA_PACKET_HEADER) {
		broadcast_begin(outlet->mount, bytes.at, bytes.length);
	} else {
		broadcast_write(outlet->mount, bytes.at, bytes.length,
				packet->join ? BROADCAST_JOIN : 0);
	}
}

static void
on_tap_end(void *cookie, const struct fault *fault)
{
	struct outlet *outlet = cookie;

	log_warning("live", "a format cannot be sent",
		    LOG_TEXT("reason", fault->message));
	atomic_store(&outlet->failed, true);
}

static struct outlet *
outlet_open(struct air *air, enum media_live_format format)
{
	const struct live_out_settings *settings = &air->out->settings;
	const struct broadcast_args mount = {
		.ring_bytes = settings->queue_bytes > settings->burst_bytes ?
				      settings->queue_bytes :
				      2 * (size_t)settings->burst_bytes,
		.burst_bytes = settings->burst_bytes,
		.stall_ms = settings->stall_seconds * 1000,
	};
	struct outlet *outlet = mem_new(1, sizeof *outlet);
	const struct programme_tap_args tap = { .format = format,
						.cookie = outlet,
						.on_packet = on_packet,
						.on_end = on_tap_end };

	outlet->began_ms = clock_now_ms();
	if (format == MEDIA_LIVE_FMP4)
		outlet->hls = hls_new(outlet->began_ms);
	else
		outlet->mount = broadcast_new(&mount);
	if (outlet->mount != NULL && air->playing != NULL)
		broadcast_title(outlet->mount, air->playing);
	outlet->sound = air->sound;
	outlet->tap = outlet->sound.tap_open(air->sound.programme, &tap);
	return outlet;
}

/* Without `lock`: waits for the pacer. */
static void
outlet_close(struct outlet *outlet)
{
	outlet->sound.tap_close(outlet->tap);
	if (outlet->mount != NULL)
		broadcast_end(outlet->mount);
	hls_free(outlet->hls);
	free(outlet);
}

/* With `lock` held: of this format, made when there is none. */
static struct outlet *
outlet_of(struct air *air, enum media_live_format format)
{
	struct outlet **at = &air->outlets[format];

	if (*at == NULL) {
		*at = outlet_open(air, format);
		pthread_cond_signal(&air->out->work);
	}
	(*at)->used_ms = clock_monotonic_us() / 1000;
	return *at;
}

uint32_t
live_outlet_listeners(const struct outlet *outlet)
{
	return outlet->hls != NULL ? hls_listeners(outlet->hls) :
				     broadcast_listeners(outlet->mount);
}

/* ---- channels; with `lock` held ----------------------------------------- */

struct air *
live_air_find(struct live_out *out, int64_t id)
{
	struct air *air = out->airs;

	while (air != NULL && air->id != id)
		air = air->next;
	return air;
}

static void
air_drop(struct air *air)
{
	if (--air->references > 0)
		return;
	free(air->title);
	free(air->description);
	free(air->playing);
	free(air);
}

static void
text_replace(char **at, const char *text)
{
	free(*at);
	*at = text != NULL ? mem_copy_text(text) : NULL;
}

static void
air_describe(struct air *air, const struct live_out_channel *channel)
{
	text_replace(&air->title, channel->title);
	text_replace(&air->description, channel->description);
	air->is_public = channel->is_public;
	air->listeners_max = channel->listeners_max;
}

static enum status
air_to_hear(struct live_out *out, const struct live_ask *ask, struct air **air,
	    struct fault *fault)
{
	*air = live_air_find(out, ask->channel_id);
	if (*air != NULL && ((*air)->is_public || ask->sees_private))
		return STATUS_OK;
	return fault_set(fault, STATUS_NOT_FOUND,
			 "the channel is not on the air");
}

static enum status
air_has_room(const struct air *air, struct fault *fault)
{
	const struct live_out *out = air->out;
	bool full = air->listeners_max > 0 &&
		    air->listeners >= air->listeners_max;

	if (!full && (out->settings.listeners_max == 0 ||
		      out->listeners < out->settings.listeners_max))
		return STATUS_OK;
	return fault_set(fault, STATUS_AGAIN_LATER,
			 full ? "as many listen to the channel as may" :
				"as many listen to the server as may");
}

void
live_air_count(struct air *air, int32_t change)
{
	air->listeners += (uint32_t)change;
	air->out->listeners += (uint32_t)change;
	pthread_cond_signal(&air->out->work);
}

static void
ear_leave(struct ear *ear)
{
	if (ear->previous_here != NULL)
		ear->previous_here->next_here = ear->next_here;
	else
		ear->air->ears = ear->next_here;
	if (ear->next_here != NULL)
		ear->next_here->previous_here = ear->previous_here;
}

/* ---- the keeper --------------------------------------------------------- */

static const char *
reason_name(enum broadcast_reason reason)
{
	switch (reason) {
	case BROADCAST_STALLED:
		return "stalled";
	case BROADCAST_ENDED:
		return "ended";
	case BROADCAST_DROPPED:
		return "dropped";
	case BROADCAST_LEFT:
	case BROADCAST_NEVER:
		break;
	}
	return "left";
}

static void
left_tell(struct live_out *out, const struct live_listen *listen)
{
	if (out->watcher.left != NULL)
		out->watcher.left(out->watcher.cookie, listen);
}

/* Without `lock`. */
static void
ears_tell(struct live_out *out, struct ear *ears)
{
	for (struct ear *ear = ears, *next; ear != NULL; ear = next) {
		const struct live_listen listen = {
			.channel_id = ear->air->id,
			.user_id = ear->user_id,
			.format = media_live_name(ear->format),
			.agent = ear->agent,
			.address = ear->address,
			.started_at_ms = ear->started_at_ms,
			.ended_at_ms = ear->ended_at_ms,
			.bytes = ear->how.sent_bytes,
			.reason = reason_name(ear->how.reason),
		};

		next = ear->next;
		if (ear->how.reason != BROADCAST_NEVER)
			left_tell(out, &listen);
		pthread_mutex_lock(&out->lock);
		air_drop(ear->air);
		pthread_mutex_unlock(&out->lock);
		free(ear);
	}
}

static void
askers_tell(struct live_out *out, int64_t channel_id,
	    struct hls_listener *gone, const char *reason)
{
	for (struct hls_listener *next; gone != NULL; gone = next) {
		const struct live_listen listen = {
			.channel_id = channel_id,
			.user_id = gone->user_id,
			.format = "hls",
			.agent = gone->agent,
			.address = gone->address,
			.started_at_ms = gone->started_ms,
			.ended_at_ms = gone->asked_ms,
			.bytes = gone->bytes,
			.reason = gone->dismissed ? "dropped" : reason,
		};

		next = gone->next;
		left_tell(out, &listen);
		free(gone);
	}
}

/* Who was sent away is not counted since then. */
static void
askers_uncount(struct air *air, const struct hls_listener *gone)
{
	for (; gone != NULL; gone = gone->next)
		live_air_count(air, gone->dismissed ? 0 : -1);
}

/* Takes `lock` off and on again. */
static void
askers_sweep(struct air *air, struct outlet *outlet)
{
	struct live_out *out = air->out;
	struct hls_listener *gone =
		hls_sweep(outlet->hls, clock_now_ms(), false);

	askers_uncount(air, gone);
	if (gone == NULL)
		return;
	pthread_mutex_unlock(&out->lock);
	askers_tell(out, air->id, gone, "left");
	pthread_mutex_lock(&out->lock);
}

/* Ends what nobody uses, or what cannot be had. Takes `lock` off and on. */
static void
outlet_check(struct air *air, struct outlet **at)
{
	struct live_out *out = air->out;
	struct outlet *outlet = *at;
	int64_t now_ms = clock_monotonic_us() / 1000;
	struct hls_listener *gone = NULL;

	if (live_outlet_listeners(outlet) > 0)
		outlet->used_ms = now_ms;
	if (!atomic_load(&outlet->failed) &&
	    now_ms - outlet->used_ms < out->settings.linger_ms)
		return;
	*at = NULL;
	air->closing++;
	if (outlet->hls != NULL)
		gone = hls_sweep(outlet->hls, 0, true);
	askers_uncount(air, gone);
	pthread_mutex_unlock(&out->lock);
	askers_tell(out, air->id, gone, "ended");
	outlet_close(outlet);
	pthread_mutex_lock(&out->lock);
	air->closing--;
	pthread_cond_broadcast(&out->closed);
}

/* Takes `lock` off and on, with a reference held. */
static void
air_check(struct air *air)
{
	struct live_out *out = air->out;

	for (int format = 0; format < MEDIA_LIVE_FORMATS; format++) {
		struct outlet **at = &air->outlets[format];

		if (*at != NULL && (*at)->hls != NULL) {
			air->closing++; /* nobody else ends it meanwhile */
			askers_sweep(air, *at);
			air->closing--;
			pthread_cond_broadcast(&out->closed);
		}
		if (*at != NULL)
			outlet_check(air, at);
	}
}

static void
count_tell(struct air *air)
{
	struct live_out *out = air->out;
	uint32_t listeners = air->listeners;
	int32_t change = (int32_t)(listeners - air->told);

	air->told = listeners;
	if (change == 0 || out->watcher.count == NULL || air->ended)
		return;
	pthread_mutex_unlock(&out->lock);
	out->watcher.count(out->watcher.cookie, air->id, listeners, change);
	pthread_mutex_lock(&out->lock);
}

/* With `lock` held, taken off and on. */
static void
ears_collect(struct live_out *out)
{
	struct ear *ears;

	pthread_mutex_lock(&out->notes_lock);
	ears = out->left;
	out->left = NULL;
	pthread_mutex_unlock(&out->notes_lock);
	for (struct ear *ear = ears; ear != NULL; ear = ear->next) {
		live_air_count(ear->air, -1);
		ear_leave(ear);
	}
	if (ears == NULL)
		return;
	pthread_mutex_unlock(&out->lock);
	ears_tell(out, ears);
	pthread_mutex_lock(&out->lock);
}

/* One after the other, though the list may change while each is looked at. */
static void
airs_check(struct live_out *out)
{
	struct air *air = out->airs, *next;

	if (air != NULL)
		air->references++;
	while (air != NULL) {
		if (!air->ended)
			air_check(air);
		count_tell(air);
		next = air->next;
		if (next != NULL)
			next->references++;
		air_drop(air);
		air = next;
	}
}

/* Something is there that time ends: sleep only so long. */
static bool
has_outlets(const struct live_out *out)
{
	for (const struct air *air = out->airs; air != NULL; air = air->next) {
		for (int i = 0; i < MEDIA_LIVE_FORMATS; i++) {
			if (air->outlets[i] != NULL)
				return true;
		}
	}
	return false;
}

static bool
has_notes(struct live_out *out)
{
	bool any;

	pthread_mutex_lock(&out->notes_lock);
	any = out->left != NULL;
	pthread_mutex_unlock(&out->notes_lock);
	return any;
}

static void
keeper_sleep(struct live_out *out)
{
	int64_t until_us = clock_monotonic_us() + KEEPER_TURN_MS * 1000;
	struct timespec until = { .tv_sec = until_us / 1000000,
				  .tv_nsec = until_us % 1000000 * 1000 };

	if (has_outlets(out) || out->listeners > 0)
		pthread_cond_timedwait(&out->work, &out->lock, &until);
	else
		pthread_cond_wait(&out->work, &out->lock);
}

static void *
keeper_run(void *cookie)
{
	struct live_out *out = cookie;

	pthread_mutex_lock(&out->lock);
	while (!out->ending) {
		ears_collect(out);
		airs_check(out);
		if (!out->ending && !has_notes(out))
			keeper_sleep(out);
	}
	ears_collect(out);
	pthread_mutex_unlock(&out->lock);
	return NULL;
}

/* ---- opening and closing ------------------------------------------------ */

enum status
live_out_open(const struct live_out_settings *settings,
	      struct live_out **result, struct fault *fault)
{
	struct live_out *out = mem_new(1, sizeof *out);
	pthread_condattr_t monotonic;
	int error;

	out->settings = *settings;
	if (out->settings.linger_ms == 0)
		out->settings.linger_ms = LINGER_MS;
	pthread_mutex_init(&out->lock, NULL);
	pthread_mutex_init(&out->notes_lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&out->work, &monotonic);
	pthread_cond_init(&out->closed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	error = pthread_create(&out->keeper, NULL, keeper_run, out);
	if (error != 0) {
		free(out);
		return fault_errno(fault, error, "cannot start a thread");
	}
	pthread_setname_np(out->keeper, "live-out");
	*result = out;
	return STATUS_OK;
}

void
live_out_watch(struct live_out *out, const struct live_out_watcher *watcher)
{
	pthread_mutex_lock(&out->lock);
	out->watcher = *watcher;
	pthread_mutex_unlock(&out->lock);
}

void
live_out_close(struct live_out *out)
{
	if (out == NULL)
		return;
	while (out->airs != NULL)
		live_out_end(out, out->airs->id);
	pthread_mutex_lock(&out->lock);
	out->ending = true;
	pthread_cond_signal(&out->work);
	pthread_mutex_unlock(&out->lock);
	pthread_join(out->keeper, NULL);
	pthread_cond_destroy(&out->work);
	pthread_cond_destroy(&out->closed);
	pthread_mutex_destroy(&out->lock);
	pthread_mutex_destroy(&out->notes_lock);
	free(out);
}

enum status
live_out_begin(struct live_out *out, const struct live_out_channel *channel,
	       const struct live_sound *sound, struct fault *fault)
{
	enum status status = STATUS_OK;
	struct air *air;

	pthread_mutex_lock(&out->lock);
	if (live_air_find(out, channel->id) != NULL) {
		status = fault_set(fault, STATUS_CONFLICT,
				   "the channel is on the air already");
	} else {
		air = mem_new(1, sizeof *air);
		air->out = out;
		air->references = 1;
		air->id = channel->id;
		air->sound = *sound;
		air_describe(air, channel);
		air->next = out->airs;
		out->airs = air;
	}
	pthread_mutex_unlock(&out->lock);
	return status;
}

void
live_out_change(struct live_out *out, const struct live_out_channel *channel)
{
	struct air *air;

	pthread_mutex_lock(&out->lock);
	air = live_air_find(out, channel->id);
	if (air != NULL)
		air_describe(air, channel);
	pthread_mutex_unlock(&out->lock);
}

void
live_out_title(struct live_out *out, int64_t channel_id, const char *title)
{
	struct air *air;

	pthread_mutex_lock(&out->lock);
	air = live_air_find(out, channel_id);
	if (air != NULL)
		text_replace(&air->playing, title);
	for (int i = 0; air != NULL && i < MEDIA_LIVE_FORMATS; i++) {
		if (air->outlets[i] != NULL && air->outlets[i]->mount != NULL)
			broadcast_title(air->outlets[i]->mount, title);
	}
	pthread_mutex_unlock(&out->lock);
}

/* With `lock` held, taken off and on. */
static void
air_close(struct air *air)
{
	struct live_out *out = air->out;
	struct outlet *outlets[MEDIA_LIVE_FORMATS];
	struct hls_listener *gone = NULL;

	while (air->closing > 0)
		pthread_cond_wait(&out->closed, &out->lock);
	memcpy(outlets, air->outlets, sizeof outlets);
	memset(air->outlets, 0, sizeof air->outlets);
	if (outlets[MEDIA_LIVE_FMP4] != NULL)
		gone = hls_sweep(outlets[MEDIA_LIVE_FMP4]->hls, 0, true);
	askers_uncount(air, gone);
	pthread_mutex_unlock(&out->lock);
	askers_tell(out, air->id, gone, "ended");
	for (int i = 0; i < MEDIA_LIVE_FORMATS; i++) {
		if (outlets[i] != NULL)
			outlet_close(outlets[i]);
	}
	pthread_mutex_lock(&out->lock);
}

void
live_out_end(struct live_out *out, int64_t channel_id)
{
	struct air **at, *air;

	pthread_mutex_lock(&out->lock);
	at = &out->airs;
	while (*at != NULL && (*at)->id != channel_id)
		at = &(*at)->next;
	air = *at;
	if (air != NULL) {
		*at = air->next;
		air->next = NULL;
		air->ended = true;
		air_close(air);
		air_drop(air);
	}
	pthread_mutex_unlock(&out->lock);
}

uint32_t
live_out_listeners(struct live_out *out, int64_t channel_id)
{
	const struct air *air;
	uint32_t listeners;

	pthread_mutex_lock(&out->lock);
	air = live_air_find(out, channel_id);
	listeners = air != NULL ? air->listeners : 0;
	pthread_mutex_unlock(&out->lock);
	return listeners;
}

uint32_t
live_out_total(struct live_out *out)
{
	uint32_t listeners;

	pthread_mutex_lock(&out->lock);
	listeners = out->listeners;
	pthread_mutex_unlock(&out->lock);
	return listeners;
}

/* ---- listeners ---------------------------------------------------------- */

bool
live_format_parse(const char *name, enum media_live_format *out)
{
	static const struct {
		const char *name;
		enum media_live_format format;
	} rows[] = { { "mp3", MEDIA_LIVE_MP3 },
		     { "aac", MEDIA_LIVE_AAC },
		     { "ogg", MEDIA_LIVE_VORBIS },
		     { "opus", MEDIA_LIVE_OPUS } };

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (strcmp(rows[i].name, name) == 0) {
			*out = rows[i].format;
			return true;
		}
	}
	return false;
}

/* A line for a header field. */
static void
icy_field(struct http_request *request, const char *name, const char *value)
{
	char *line = arena_copy_text(http_request_arena(request), value);

	for (char *at = line; *at != '\0'; at++) {
		if ((unsigned char)*at < ' ' || *at == 0x7F)
			*at = ' ';
	}
	http_answer_field(request, name, line);
}

static void
stream_fields(const struct air *air, enum media_live_format format,
	      struct http_request *request)
{
	struct arena *arena = http_request_arena(request);

	icy_field(request, "icy-name", air->title);
	if (air->description != NULL)
		icy_field(request, "icy-description", air->description);
	http_answer_field(request, "icy-br",
			  arena_print(arena, "%u", live_usual_kbps[format]));
	http_answer_field(request, "icy-pub", air->is_public ? "1" : "0");
	http_answer_field(request, "Cache-Control", "no-cache, no-store");
	http_answer_field(request, "Accept-Ranges", "none");
}

static void
listener_left(void *cookie, const struct broadcast_listening *how)
{
	struct ear *ear = cookie;
	struct live_out *out = ear->air->out;

	ear->how = *how;
	ear->ended_at_ms = ear->started_at_ms + how->listened_ms;
	pthread_mutex_lock(&out->notes_lock);
	ear->next = out->left;
	out->left = ear;
	pthread_mutex_unlock(&out->notes_lock);
	pthread_cond_signal(&out->work);
}

static struct ear *
ear_new(struct air *air, const struct live_ask *ask,
	enum media_live_format format, const struct http_request *request)
{
	struct span agent = { "", 0 };
	const char *address = http_request_address(request);
	struct ear *ear;
	char *texts;

	http_request_field(request, "user-agent", &agent);
	ear = mem_new(1, sizeof *ear + agent.length + strlen(address) + 2);
	texts = (char *)(ear + 1);
	memcpy(texts, agent.at, agent.length);
	memcpy(texts + agent.length + 1, address, strlen(address));
	ear->agent = texts;
	ear->address = texts + agent.length + 1;
	ear->air = air;
	ear->format = format;
	ear->user_id = ask->user_id;
	ear->started_at_ms = clock_now_ms();
	ear->id = ++air->out->listener_id;
	ear->next_here = air->ears;
	if (ear->next_here != NULL)
		ear->next_here->previous_here = ear;
	air->ears = ear;
	air->references++;
	return ear;
}

/* Titles go between the bytes of formats that have no place for them. */
static bool
wants_titles(const struct http_request *request, enum media_live_format format)
{
	struct span value;

	return (format == MEDIA_LIVE_MP3 || format == MEDIA_LIVE_AAC) &&
	       http_request_field(request, "icy-metadata", &value) &&
	       span_equal(span_trim(value), SPAN("1"));
}

static enum status
air_join(struct air *air, const struct live_ask *ask,
	 enum media_live_format format, struct http_request *request,
	 struct fault *fault)
{
	struct outlet *outlet = outlet_of(air, format);
	struct ear *ear = ear_new(air, ask, format, request);
	const struct broadcast_listener_args args = {
		.titles = wants_titles(request, format),
		.handle = &ear->handle,
		.ended = listener_left,
		.cookie = ear,
	};
	enum status status;

	live_air_count(air, 1);
	stream_fields(air, format, request);
	http_answer_field(request, "Content-Type", media_live_type(format));
	status = broadcast_join(outlet->mount, request, 0, &args, fault);
	if (status != STATUS_OK) {
		live_air_count(air, -1);
		ear_leave(ear);
		air_drop(air);
		free(ear);
	} else if (live_outlet_listeners(outlet) > outlet->peak) {
		outlet->peak = live_outlet_listeners(outlet);
	}
	return status;
}

enum status
live_out_listen(struct live_out *out, const struct live_ask *ask,
		enum media_live_format format, struct http_request *request,
		struct fault *fault)
{
	struct air *air;
	enum status status;

	pthread_mutex_lock(&out->lock);
	status = air_to_hear(out, ask, &air, fault);
	if (status == STATUS_OK)
		status = air_has_room(air, fault);
	if (status == STATUS_OK)
		status = air_join(air, ask, format, request, fault);
	pthread_mutex_unlock(&out->lock);
	return status;
}

enum status
live_out_describe(struct live_out *out, const struct live_ask *ask,
		  enum media_live_format format, struct http_request *request,
		  struct fault *fault)
{
	struct air *air;
	enum status status;

	pthread_mutex_lock(&out->lock);
	status = air_to_hear(out, ask, &air, fault);
	if (status == STATUS_OK)
		stream_fields(air, format, request);
	pthread_mutex_unlock(&out->lock);
	return status;
}

/* ---- HLS; with `lock` held ---------------------------------------------- */

/* Whoever is known may go on. */
static enum status
asker_admit(struct air *air, const char *address, struct span agent,
	    struct fault *fault)
{
	const struct outlet *outlet = air->outlets[MEDIA_LIVE_FMP4];

	if (outlet != NULL && hls_refuses(outlet->hls, address, agent))
		return fault_set(fault, STATUS_NOT_FOUND,
				 "somebody ended this for you");
	if (outlet != NULL && hls_knows(outlet->hls, address, agent))
		return STATUS_OK;
	return air_has_room(air, fault);
}

static void
asker_count(struct air *air, struct outlet *outlet, const struct live_ask *ask,
	    const char *address, struct span agent, size_t bytes)
{
	const struct hls_visit visit = {
		.id = air->out->listener_id + 1,
		.user_id = ask->user_id,
		.address = address,
		.agent = agent,
		.bytes = bytes,
		.now_ms = clock_now_ms(),
	};
	uint32_t now;

	if (hls_visit(outlet->hls, &visit)) {
		air->out->listener_id = visit.id;
		live_air_count(air, 1);
	}
	now = hls_listeners(outlet->hls);
	if (now > outlet->peak)
		outlet->peak = now;
}

enum status
live_out_hls_list(struct live_out *out, const struct live_ask *ask,
		  struct http_request *request, struct fault *fault)
{
	const char *address = http_request_address(request);
	struct span agent = { "", 0 };
	struct outlet *outlet;
	struct air *air;
	enum status status;

	http_request_field(request, "user-agent", &agent);
	pthread_mutex_lock(&out->lock);
	status = air_to_hear(out, ask, &air, fault);
	if (status == STATUS_OK)
		status = asker_admit(air, address, agent, fault);
	if (status == STATUS_OK) {
		outlet = outlet_of(air, MEDIA_LIVE_FMP4);
		asker_count(air, outlet, ask, address, agent, 0);
		http_answer_field(request, "Cache-Control", "no-store");
		hls_answer_list(outlet->hls, request, ask->query,
				clock_now_ms());
	}
	pthread_mutex_unlock(&out->lock);
	return status;
}

static enum status
file_find(struct live_out *out, const struct live_ask *ask, struct air **air,
	  struct outlet **outlet, struct fault *fault)
{
	enum status status = air_to_hear(out, ask, air, fault);

	if (status != STATUS_OK)
		return status;
	*outlet = (*air)->outlets[MEDIA_LIVE_FMP4];
	return *outlet != NULL ? STATUS_OK :
				 fault_set(fault, STATUS_NOT_FOUND,
					   "no such segment (any more)");
}

enum status
live_out_hls_file(struct live_out *out, const struct live_ask *ask,
		  const char *name, struct http_request *request,
		  struct fault *fault)
{
	struct span agent = { "", 0 };
	struct outlet *outlet;
	struct arena texts; /* the request is gone once it is answered */
	const char *address, *agent_text;
	struct air *air;
	enum status status;
	size_t bytes;

	arena_init(&texts);
	http_request_field(request, "user-agent", &agent);
	address = arena_copy_text(&texts, http_request_address(request));
	agent_text = arena_copy_bytes(&texts, agent.at, agent.length);
	pthread_mutex_lock(&out->lock);
	status = file_find(out, ask, &air, &outlet, fault);
	if (status == STATUS_OK)
		status = asker_admit(air, address, span_of(agent_text), fault);
	if (status == STATUS_OK)
		status = hls_answer_file(outlet->hls, name, request, &bytes,
					 fault);
	if (status == STATUS_OK)
		asker_count(air, outlet, ask, address, span_of(agent_text),
			    bytes);
	pthread_mutex_unlock(&out->lock);
	arena_release(&texts);
	return status;
}
