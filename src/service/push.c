/* push.c - see push.h and push_private.h. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/seal.h"
#include "library/channels.h"
#include "service/push_private.h"

#define QUEUE_BYTES_MAX (1u << 20) /* a minute of 128 kbit/s */
#define FOLLOW_MS 2000             /* another process's changes are seen then */
#define RETRY_MS 1000
#define DENIED_RETRY_MS 60000 /* doubles, up to fifteen minutes */
#define DENIED_RETRY_MAX_MS 900000
#define STEADY_MS 10000 /* after so long a connection was a good one */

#define OFFSET(field) offsetof(struct push_options, field)

const struct option push_options[] = {
	{ .name = "PUSH_PRIVATE_SERVERS", .type = OPTION_BOOL,
	  .preset = "true",
	  .summary = "Channels may be sent to servers of private networks and "
		     "of this machine; false: only to public addresses.",
	  .offset = OFFSET(private_servers) },
	{ .name = "PUSH_CA_FILE", .type = OPTION_TEXT, .preset = "",
	  .summary = "Certificates (PEM) that rtmps and https servers are "
		     "checked against; empty: the system's.",
	  .offset = OFFSET(ca_file) },
	{ .name = "PUSH_RETRY_MAX_SECONDS", .type = OPTION_U32,
	  .preset = "60", .unit = "seconds", .min = 1, .max = 3600,
	  .summary = "The longest pause before a lost server is tried again.",
	  .offset = OFFSET(retry_max_seconds) },
	{ 0 }
};

static struct metric state_gauge = METRIC_GAUGE(
	"ogma_push_state",
	"Of a push to another server: 0 off, 1 waiting, 2 connecting, 3 on.",
	"channel_id", "push_id", "kind");
static struct metric bytes_counter = METRIC_COUNTER(
	"ogma_push_bytes_total", "Sound sent to other servers.", "channel_id",
	"push_id", "kind");
static struct metric reconnects_counter = METRIC_COUNTER(
	"ogma_push_reconnects_total",
	"Connections to other servers that were lost or refused.",
	"channel_id", "push_id", "kind");

struct push_channel { /* on the air */
	struct push_channel *next;
	int64_t id;
	char *title, *playing;
	int64_t track_id;
	struct live_sound sound;
	struct push_run *runs;
	uint32_t counted;
};

const char *
push_state_name(enum push_state state)
{
	static const char *const names[] = { "off", "waiting", "connecting",
					     "on" };

	return names[state];
}

/* ---- the queue: filled on the programme's pacer --------------------------- */

static void
queue_clear(struct push_run *run)
{
	struct push_packet *packet;

	pthread_mutex_lock(&run->queue_lock);
	while ((packet = run->queue) != NULL) {
		run->queue = packet->next;
		free(packet);
	}
	run->queue_end = &run->queue;
	run->queue_bytes = 0;
	run->overrun = false;
	run->tap_failed = false;
	pthread_mutex_unlock(&run->queue_lock);
}

static void
on_packet(void *cookie, const struct media_packet *from)
{
	struct push_run *run = cookie;
	size_t length = from->bytes.length;
	struct push_packet *packet;

	pthread_mutex_lock(&run->queue_lock);
	if (run->queue_bytes + length > QUEUE_BYTES_MAX)
		run->overrun = true;
	if (!run->overrun) {
		packet = mem_new(1, sizeof *packet + length);
		packet->samples = from->samples;
		packet->length = length;
		memcpy(packet->bytes, from->bytes.at, length);
		*run->queue_end = packet;
		run->queue_end = &packet->next;
		run->queue_bytes += length;
	}
	pthread_cond_signal(&run->queue_wake);
	pthread_mutex_unlock(&run->queue_lock);
}

static void
on_tap_end(void *cookie, const struct fault *fault)
{
	struct push_run *run = cookie;

	(void)fault; /* the programme has logged it */
	pthread_mutex_lock(&run->queue_lock);
	run->tap_failed = true;
	pthread_cond_signal(&run->queue_wake);
	pthread_mutex_unlock(&run->queue_lock);
}

static struct timespec
in_ms(int64_t ms)
{
	int64_t at = clock_monotonic_ms() + ms;

	return (struct timespec){ .tv_sec = at / 1000,
				  .tv_nsec = at % 1000 * 1000000 };
}

/* The next packet, which the caller frees; STATUS_AGAIN_LATER: none for a
 * while. */
static enum status
queue_take(struct push_run *run, struct push_packet **out,
	   struct fault *fault)
{
	struct timespec until = in_ms(PUSH_SLICE_MS);
	enum status status = STATUS_OK;

	pthread_mutex_lock(&run->queue_lock);
	if (run->queue == NULL && !run->tap_failed)
		pthread_cond_timedwait(&run->queue_wake, &run->queue_lock,
				       &until);
	if (run->overrun) {
		status = fault_set(fault, STATUS_TIMED_OUT,
				   "the server takes the sound too slowly");
	} else if (run->queue == NULL) {
		status = run->tap_failed ?
				 fault_set(fault, STATUS_UNAVAILABLE,
					   "the sound cannot be encoded") :
				 STATUS_AGAIN_LATER;
	} else {
		*out = run->queue;
		run->queue = (*out)->next;
		if (run->queue == NULL)
			run->queue_end = &run->queue;
		run->queue_bytes -= (*out)->length;
	}
	pthread_mutex_unlock(&run->queue_lock);
	return status;
}

/* ---- one push: its thread ------------------------------------------------- */

/* Its cell of a metric. */
static struct metric_cell *
run_cell(const struct push_run *run, struct metric *metric)
{
	char channel[24], push[24];

	snprintf(channel, sizeof channel, "%lld",
		 (long long)run->row.channel_id);
	snprintf(push, sizeof push, "%lld", (long long)run->row.id);
	return metric_cell(metric, channel, push,
			   push_kind_name(run->row.kind));
}

static void
state_set(struct push_run *run, enum push_state state, int64_t retry_ms,
	  const struct fault *fault)
{
	struct push_view *view = &run->view;

	pthread_mutex_lock(&run->pushes->lock);
	view->state = state;
	view->since_ms = clock_now_ms();
	view->retry_at_ms = retry_ms == 0 ? 0 : view->since_ms + retry_ms;
	if (state == PUSH_ON)
		view->error[0] = '\0';
	if (fault != NULL) {
		snprintf(view->error, sizeof view->error, "%s",
			 fault->message);
		view->reconnects++;
	}
	pthread_mutex_unlock(&run->pushes->lock);
	gauge_set(run_cell(run, &state_gauge), state);
	if (fault != NULL)
		counter_add(run_cell(run, &reconnects_counter), 1);
}

static void
tap_begin(struct push_run *run)
{
	const struct programme_tap_args args = {
		.format = run->format,
		.bitrate_kbps = run->row.settings.bitrate_kbps,
		.cookie = run,
		.on_packet = on_packet,
		.on_end = on_tap_end,
	};

	queue_clear(run);
	pthread_mutex_lock(&run->pushes->lock);
	if (!atomic_load(&run->stopped))
		run->tap = run->sound.tap_open(run->sound.programme, &args);
	pthread_mutex_unlock(&run->pushes->lock);
}

/* With `lock` held; waits for the pacer. */
static void
tap_end(struct push_run *run)
{
	if (run->tap != NULL)
		run->sound.tap_close(run->tap);
	run->tap = NULL;
}

/* Tells the sink what plays when that is news. */
static void
playing_tell(struct push_run *run, uint64_t *told)
{
	char *title = NULL;
	int64_t track_id = 0;

	pthread_mutex_lock(&run->pushes->lock);
	if (run->titles != *told) {
		title = mem_copy_text(run->title);
		track_id = run->track_id;
		*told = run->titles;
	}
	pthread_mutex_unlock(&run->pushes->lock);
	if (title != NULL)
		run->sink->playing(run, title, track_id);
	free(title);
}

static void
sent_count(struct push_run *run, struct metric_cell *cell, size_t bytes)
{
	counter_add(cell, (double)bytes);
	pthread_mutex_lock(&run->pushes->lock);
	run->view.bytes += bytes;
	pthread_mutex_unlock(&run->pushes->lock);
}

/* Sends until that fails or is to stop. */
static enum status
run_send(struct push_run *run, struct fault *fault)
{
	struct metric_cell *cell = run_cell(run, &bytes_counter);
	enum status status = STATUS_OK;
	uint64_t told = 0;

	while (!atomic_load(&run->stopped) &&
	       (status == STATUS_OK || status == STATUS_AGAIN_LATER)) {
		struct push_packet *packet = NULL;

		playing_tell(run, &told);
		status = queue_take(run, &packet, fault);
		if (status != STATUS_OK)
			continue;
		status = run->sink->send(run, packet, fault);
		if (status == STATUS_OK)
			sent_count(run, cell, packet->length);
		free(packet);
	}
	return status;
}

/* One connection from its beginning to its end; how long it was on. */
static enum status
run_connection(struct push_run *run, int64_t *lasted_ms, struct fault *fault)
{
	enum status status;
	int64_t began;

	*lasted_ms = 0;
	state_set(run, PUSH_CONNECTING, 0, NULL);
	if (run->secret == NULL) {
		status = seal_read(run->pushes->args.seal, PUSH_SECRET,
				   run->row.secret, &run->arena, &run->secret,
				   fault);
		if (status != STATUS_OK)
			return status;
	}
	status = run->sink->open(run, fault);
	if (status == STATUS_OK) {
		began = clock_monotonic_ms();
		state_set(run, PUSH_ON, 0, NULL);
		log_info("push", "a channel is sent to another server",
			 LOG_INT("channel_id", run->row.channel_id),
			 LOG_INT("push_id", run->row.id));
		tap_begin(run);
		status = run_send(run, fault);
		*lasted_ms = clock_monotonic_ms() - began;
	}
	pthread_mutex_lock(&run->pushes->lock);
	tap_end(run);
	pthread_mutex_unlock(&run->pushes->lock);
	run->sink->close(run);
	return status;
}

/* Doubles with each failure in a row; a quarter more or less by chance, so that
 * those a server lost do not all come back at once. */
static int64_t
retry_after(const struct push_run *run, enum status status, unsigned failures)
{
	bool denied = status == STATUS_DENIED;
	int64_t most = denied ? DENIED_RETRY_MAX_MS :
				run->pushes->args.options->retry_max_seconds *
					(int64_t)1000;
	int64_t pause = denied ? DENIED_RETRY_MS : RETRY_MS;
	uint32_t chance;

	while (--failures > 0 && pause < most)
		pause *= 2;
	pause = pause > most ? most : pause;
	random_bytes(&chance, sizeof chance);
	return pause * 3 / 4 + (int64_t)chance % (pause / 2 + 1);
}

static void
run_wait(struct push_run *run, int64_t pause_ms)
{
	struct timespec until = in_ms(pause_ms);

	pthread_mutex_lock(&run->queue_lock);
	while (!atomic_load(&run->stopped) &&
	       pthread_cond_timedwait(&run->queue_wake, &run->queue_lock,
				      &until) == 0)
		;
	pthread_mutex_unlock(&run->queue_lock);
}

static void *
run_main(void *cookie)
{
	struct push_run *run = cookie;
	unsigned failures = 0;

	while (!atomic_load(&run->stopped)) {
		struct fault fault = { 0 };
		int64_t lasted, pause;
		enum status status = run_connection(run, &lasted, &fault);

		if (atomic_load(&run->stopped))
			break;
		failures = lasted >= STEADY_MS ? 1 : failures + 1;
		pause = retry_after(run, status, failures);
		log_warning("push", "a push to another server failed",
			    LOG_INT("channel_id", run->row.channel_id),
			    LOG_INT("push_id", run->row.id),
			    LOG_TEXT("reason", fault.message));
		state_set(run, PUSH_WAITING, pause, &fault);
		run_wait(run, pause);
	}
	gauge_set(run_cell(run, &state_gauge), PUSH_OFF);
	pthread_mutex_lock(&run->pushes->lock);
	run->done = true;
	pthread_cond_signal(&run->pushes->wake);
	pthread_mutex_unlock(&run->pushes->lock);
	return NULL;
}

/* ---- which pushes run; with `lock` held ----------------------------------- */

static struct push_channel *
channel_find(struct pushes *pushes, int64_t id)
{
	struct push_channel *channel = pushes->channels;

	while (channel != NULL && channel->id != id)
		channel = channel->next;
	return channel;
}

static bool
text_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
row_same(const struct channel_push *a, const struct channel_push *b)
{
	const struct push_settings *one = &a->settings, *other = &b->settings;

	return a->id == b->id && text_same(a->url, b->url) &&
	       text_same(a->secret, b->secret) &&
	       one->bitrate_kbps == other->bitrate_kbps &&
	       one->format == other->format &&
	       one->picture == other->picture &&
	       text_same(one->name, other->name) &&
	       text_same(one->username, other->username);
}

static enum media_live_format
format_of(const struct channel_push *row)
{
	static const enum media_live_format formats[] = {
		[PUSH_MP3] = MEDIA_LIVE_MP3,
		[PUSH_OGG] = MEDIA_LIVE_VORBIS,
		[PUSH_OPUS] = MEDIA_LIVE_OPUS,
		[PUSH_AAC] = MEDIA_LIVE_AAC,
	};

	return row->kind == PUSH_RTMP ? MEDIA_LIVE_AAC :
					formats[row->settings.format];
}

static void
run_free(struct push_run *run)
{
	queue_clear(run);
	pthread_cond_destroy(&run->queue_wake);
	pthread_mutex_destroy(&run->queue_lock);
	arena_release(&run->arena);
	free(run->title);
	free(run);
}

static void
run_begin(struct push_channel *channel, struct pushes *pushes,
	  const struct channel_push *row)
{
	struct push_run *run = mem_new(1, sizeof *run);
	pthread_condattr_t monotonic;

	run->pushes = pushes;
	arena_init(&run->arena);
	run->row = *row;
	run->row.url = arena_copy_text(&run->arena, row->url);
	run->row.secret = arena_copy_text(&run->arena, row->secret);
	run->row.settings.name =
		arena_copy_text(&run->arena, row->settings.name);
	run->row.settings.username =
		arena_copy_text(&run->arena, row->settings.username);
	run->name = row->settings.name != NULL ?
			    run->row.settings.name :
			    arena_copy_text(&run->arena, channel->title);
	run->format = format_of(row);
	run->sink = row->kind == PUSH_RTMP ? &push_sink_rtmp :
					     &push_sink_icecast;
	run->sound = channel->sound;
	run->title = mem_copy_text(channel->playing);
	run->track_id = channel->track_id;
	run->titles = 1;
	run->queue_end = &run->queue;
	run->view.state = PUSH_CONNECTING;
	run->view.since_ms = clock_now_ms();
	pthread_mutex_init(&run->queue_lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&run->queue_wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&run->thread, NULL, run_main, run) != 0) {
		log_error("push", "cannot start a thread",
			  LOG_INT("push_id", row->id));
		run_free(run); /* tried again by the keeper */
		return;
	}
	pthread_setname_np(run->thread, "push");
	run->next = channel->runs;
	channel->runs = run;
}

/* Takes it off its channel; the keeper joins it. No call into the programme
 * comes any more. */
static void
run_leave(struct pushes *pushes, struct push_run **at)
{
	struct push_run *run = *at;

	*at = run->next;
	atomic_store(&run->stopped, true);
	tap_end(run);
	pthread_mutex_lock(&run->queue_lock);
	pthread_cond_signal(&run->queue_wake);
	pthread_mutex_unlock(&run->queue_lock);
	run->next = pushes->leaving;
	pushes->leaving = run;
}

static const struct channel_push *
row_find(const struct channel_push *rows, size_t count,
	 const struct channel_push *like)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].enabled && row_same(&rows[i], like))
			return &rows[i];
	}
	return NULL;
}

static bool
is_running(const struct push_channel *channel, const struct channel_push *row)
{
	const struct push_run *run = channel->runs;

	while (run != NULL && run->row.id != row->id)
		run = run->next;
	return run != NULL;
}

/* One before it has not let go of the other server yet. */
static bool
is_leaving(const struct pushes *pushes, const struct channel_push *row)
{
	const struct push_run *run = pushes->leaving;

	while (run != NULL && (run->done || run->row.id != row->id))
		run = run->next;
	return run != NULL;
}

/* Makes what runs be as the rows say. */
static void
channel_follow(struct pushes *pushes, struct push_channel *channel,
	       const struct channel_push *rows, size_t count)
{
	for (struct push_run **at = &channel->runs; *at != NULL;) {
		if (row_find(rows, count, &(*at)->row) == NULL)
			run_leave(pushes, at);
		else
			at = &(*at)->next;
	}
	channel->counted = 0;
	for (size_t i = 0; i < count; i++) {
		if (!rows[i].enabled)
			continue;
		channel->counted += rows[i].settings.counts_as_listener;
		if (!is_running(channel, &rows[i]) &&
		    !is_leaving(pushes, &rows[i]))
			run_begin(channel, pushes, &rows[i]);
	}
}

/* ---- the keeper ----------------------------------------------------------- */

struct follow_look {
	int64_t id;
	struct arena *arena;
	struct channel_push *rows;
	size_t count;
};

static enum status
follow_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct follow_look *look = cookie;

	return channel_pushes_list(session, look->id, look->arena,
				   &look->rows, &look->count, fault);
}

/* Takes `lock` off and on for each channel; those that come or go meanwhile are
 * met at the next turn. */
static void
follow_all(struct pushes *pushes)
{
	int64_t ids[CHANNELS_ON_AIR_MAX];
	size_t count = 0;
	struct arena arena;

	for (struct push_channel *one = pushes->channels;
	     one != NULL && count < ARRAY_LENGTH(ids); one = one->next)
		ids[count++] = one->id;
	arena_init(&arena);
	for (size_t i = 0; i < count && !pushes->closing; i++) {
		struct follow_look look = { .id = ids[i], .arena = &arena };
		struct push_channel *channel;
		enum status status;

		pthread_mutex_unlock(&pushes->lock);
		status = store_read(pushes->args.store, follow_work, &look,
				    NULL);
		pthread_mutex_lock(&pushes->lock);
		channel = channel_find(pushes, ids[i]);
		if (status == STATUS_OK && channel != NULL)
			channel_follow(pushes, channel, look.rows,
				       look.count);
		arena_reset(&arena);
	}
	arena_release(&arena);
}

/* Joins those that have ended, or all; takes `lock` off and on. */
static void
leaving_join(struct pushes *pushes, bool all)
{
	struct push_run **at = &pushes->leaving;

	while (*at != NULL) {
		struct push_run *run = *at;

		if (!run->done && !all) {
			at = &run->next;
			continue;
		}
		*at = run->next;
		pthread_mutex_unlock(&pushes->lock);
		pthread_join(run->thread, NULL);
		run_free(run);
		pthread_mutex_lock(&pushes->lock);
		at = &pushes->leaving;
	}
}

static void *
keeper_run(void *cookie)
{
	struct pushes *pushes = cookie;

	pthread_mutex_lock(&pushes->lock);
	while (!pushes->closing) {
		struct timespec until = in_ms(FOLLOW_MS);

		pushes->changed = false;
		follow_all(pushes);
		leaving_join(pushes, false);
		if (pushes->closing || pushes->changed)
			continue;
		if (pushes->channels != NULL || pushes->leaving != NULL)
			pthread_cond_timedwait(&pushes->wake, &pushes->lock,
					       &until);
		else
			pthread_cond_wait(&pushes->wake, &pushes->lock);
	}
	leaving_join(pushes, true);
	pthread_mutex_unlock(&pushes->lock);
	return NULL;
}

/* ---- for everyone --------------------------------------------------------- */

enum status
pushes_open(const struct pushes_args *args, struct pushes **out,
	    struct fault *fault)
{
	struct pushes *pushes = mem_new(1, sizeof *pushes);
	pthread_condattr_t monotonic;
	int error;

	metric_register(&state_gauge);
	metric_register(&bytes_counter);
	metric_register(&reconnects_counter);
	pushes->args = *args;
	pthread_mutex_init(&pushes->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&pushes->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	error = pthread_create(&pushes->keeper, NULL, keeper_run, pushes);
	if (error != 0) {
		free(pushes);
		return fault_errno(fault, error, "cannot start a thread");
	}
	pthread_setname_np(pushes->keeper, "pushes");
	*out = pushes;
	return STATUS_OK;
}

void
pushes_close(struct pushes *pushes)
{
	if (pushes == NULL)
		return;
	while (pushes->channels != NULL)
		pushes_end(pushes, pushes->channels->id);
	pthread_mutex_lock(&pushes->lock);
	pushes->closing = true;
	pthread_cond_signal(&pushes->wake);
	pthread_mutex_unlock(&pushes->lock);
	pthread_join(pushes->keeper, NULL);
	pthread_cond_destroy(&pushes->wake);
	pthread_mutex_destroy(&pushes->lock);
	free(pushes);
}

static void
keeper_wake(struct pushes *pushes)
{
	pushes->changed = true;
	pthread_cond_signal(&pushes->wake);
}

void
pushes_begin(struct pushes *pushes, int64_t channel_id, const char *title,
	     const struct live_sound *sound)
{
	struct push_channel *channel;

	if (pushes == NULL)
		return;
	channel = mem_new(1, sizeof *channel);
	channel->id = channel_id;
	channel->title = mem_copy_text(title);
	channel->playing = mem_copy_text("");
	channel->sound = *sound;
	pthread_mutex_lock(&pushes->lock);
	channel->next = pushes->channels;
	pushes->channels = channel;
	keeper_wake(pushes);
	pthread_mutex_unlock(&pushes->lock);
}

void
pushes_end(struct pushes *pushes, int64_t channel_id)
{
	struct push_channel **at, *channel;

	if (pushes == NULL)
		return;
	pthread_mutex_lock(&pushes->lock);
	at = &pushes->channels;
	while (*at != NULL && (*at)->id != channel_id)
		at = &(*at)->next;
	channel = *at;
	if (channel != NULL) {
		*at = channel->next;
		while (channel->runs != NULL)
			run_leave(pushes, &channel->runs);
		keeper_wake(pushes);
		free(channel->title);
		free(channel->playing);
		free(channel);
	}
	pthread_mutex_unlock(&pushes->lock);
}

static void
playing_set(char **at, const char *title)
{
	free(*at);
	*at = mem_copy_text(title);
}

void
pushes_playing(struct pushes *pushes, int64_t channel_id, const char *title,
	       int64_t track_id)
{
	struct push_channel *channel;

	if (pushes == NULL)
		return;
	pthread_mutex_lock(&pushes->lock);
	channel = channel_find(pushes, channel_id);
	if (channel != NULL) {
		playing_set(&channel->playing, title);
		channel->track_id = track_id;
		for (struct push_run *run = channel->runs; run != NULL;
		     run = run->next) {
			playing_set(&run->title, title);
			run->track_id = track_id;
			run->titles++;
		}
	}
	pthread_mutex_unlock(&pushes->lock);
}

uint32_t
pushes_counted(struct pushes *pushes, int64_t channel_id)
{
	const struct push_channel *channel;
	uint32_t counted;

	if (pushes == NULL)
		return 0;
	pthread_mutex_lock(&pushes->lock);
	channel = channel_find(pushes, channel_id);
	counted = channel == NULL ? 0 : channel->counted;
	pthread_mutex_unlock(&pushes->lock);
	return counted;
}

void
pushes_follow(struct pushes *pushes)
{
	if (pushes == NULL)
		return;
	pthread_mutex_lock(&pushes->lock);
	keeper_wake(pushes);
	pthread_mutex_unlock(&pushes->lock);
}

void
pushes_look(struct pushes *pushes, int64_t channel_id, int64_t push_id,
	    struct push_view *out)
{
	const struct push_channel *channel;

	*out = (struct push_view){ 0 };
	if (pushes == NULL)
		return;
	pthread_mutex_lock(&pushes->lock);
	channel = channel_find(pushes, channel_id);
	for (const struct push_run *run = channel == NULL ? NULL :
							    channel->runs;
	     run != NULL; run = run->next) {
		if (run->row.id == push_id)
			*out = run->view;
	}
	pthread_mutex_unlock(&pushes->lock);
}
