/* programme_opener.c - the opener: talks with the station and has the next thing
 * ready before it is needed; see programme_private.h.
 *
 * "Ready" means that its first samples are there: a file that cannot be decoded
 * is found out here, while something else plays. What is planned after the next
 * thing is made ready too, one at a time and when there is nothing else to do, so
 * that skips in a row are heard at once. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "service/programme_private.h"

#define FIRST_SOUND_MS 10000 /* a stream may take so long to begin */
#define PATIENCE 3           /* failures in a row, before it slows down */
#define RETRY_MS 1000
#define PLACEHOLDER_RETRY_MS 60000

struct opener {
	struct programme *programme;
	/* what was planned, and how much of it is ready or never will be */
	struct programme_item plan[PROGRAMME_PLAN_MAX];
	size_t planned, made;
	unsigned failures; /* in a row */
	int64_t placeholder_after_ms;
};

/* ---- the way in ---- */

void
programme_wake_opener(struct programme *programme)
{
	const uint64_t one = 1;

	pthread_cond_signal(&programme->opener_wake);
	/* it cannot be full: the opener empties it before every wait */
	if (write(programme->wake_fd, &one, sizeof one) < 0)
		return;
}

static void
event_add(struct programme *programme, const struct event *event)
{
	struct event *copy = mem_new(1, sizeof *copy);

	*copy = *event;
	*programme->events_end = copy;
	programme->events_end = &copy->next;
	programme_wake_opener(programme);
}

void
programme_tell_started(struct programme *programme, const char *id)
{
	struct event event = { .kind = EVENT_STARTED };

	snprintf(event.id, sizeof event.id, "%s", id);
	event_add(programme, &event);
}

void
programme_tell_ended(struct programme *programme, const char *id,
		     enum programme_reason reason, int64_t played_ms,
		     const struct fault *fault)
{
	struct event event = { .kind = EVENT_ENDED,
			       .reason = reason,
			       .played_ms = played_ms };

	snprintf(event.id, sizeof event.id, "%s", id);
	if (fault != NULL)
		event.fault = *fault;
	pthread_mutex_lock(&programme->lock);
	event_add(programme, &event);
	pthread_mutex_unlock(&programme->lock);
}

void
programme_tell_live_titled(struct programme *programme, char *title)
{
	struct event event = { .kind = EVENT_LIVE_TITLED, .title = title };

	pthread_mutex_lock(&programme->lock);
	event.live_number = programme->live_number;
	event_add(programme, &event);
	pthread_mutex_unlock(&programme->lock);
}

void
programme_live_over(struct programme *programme, const struct fault *fault)
{
	struct event event = { .kind = EVENT_LIVE_ENDED };

	if (fault != NULL)
		event.fault = *fault;
	pthread_mutex_lock(&programme->lock);
	event.live_number = programme->live_number;
	event_add(programme, &event);
	programme->live_number = 0;
	programme->live_end = false;
	pthread_mutex_unlock(&programme->lock);
}

void
programme_discard(struct programme *programme, struct deck *deck,
		  struct media_encoder *encoder)
{
	struct waste *waste;

	if (deck == NULL && encoder == NULL)
		return;
	waste = mem_new(1, sizeof *waste);
	waste->deck = deck;
	waste->encoder = encoder;
	pthread_mutex_lock(&programme->lock);
	waste->next = programme->waste;
	programme->waste = waste;
	programme_wake_opener(programme);
	pthread_mutex_unlock(&programme->lock);
}

/* ---- the station ---- */

static void
event_pass_on(const struct programme_station *station,
	      const struct event *event)
{
	const struct fault *fault =
		event->fault.status != STATUS_OK ? &event->fault : NULL;

	if (event->kind == EVENT_STARTED)
		station->started(station->cookie,
				 event->id[0] != '\0' ? event->id : NULL);
	else if (event->kind == EVENT_ENDED)
		station->ended(station->cookie, event->id, event->reason,
			       event->played_ms, fault);
	else if (event->kind == EVENT_LIVE_TITLED &&
		 station->live_titled != NULL)
		station->live_titled(station->cookie, event->live_number,
				     event->title);
	else if (event->kind == EVENT_LIVE_ENDED &&
		 station->live_ended != NULL)
		station->live_ended(station->cookie, event->live_number,
				    fault);
}

static void
events_pass_on(struct programme *programme)
{
	struct event *event;

	pthread_mutex_lock(&programme->lock);
	while ((event = programme->events) != NULL) {
		programme->events = event->next;
		if (event->next == NULL)
			programme->events_end = &programme->events;
		pthread_mutex_unlock(&programme->lock);
		event_pass_on(&programme->station, event);
		free(event->title);
		free(event);
		pthread_mutex_lock(&programme->lock);
	}
	pthread_mutex_unlock(&programme->lock);
}

static void
waste_close(struct programme *programme)
{
	struct waste *waste;

	pthread_mutex_lock(&programme->lock);
	waste = programme->waste;
	programme->waste = NULL;
	pthread_mutex_unlock(&programme->lock);
	while (waste != NULL) {
		struct waste *next = waste->next;

		deck_close(waste->deck);
		media_encoder_close(waste->encoder);
		free(waste);
		waste = next;
	}
}

/* ---- what comes next ---- */

static void
wake_empty(struct programme *programme)
{
	uint64_t count;

	/* nothing to read is fine */
	if (read(programme->wake_fd, &count, sizeof count) < 0)
		return;
}

static bool
is_closing(struct programme *programme)
{
	bool closing;

	pthread_mutex_lock(&programme->lock);
	closing = programme->closing;
	pthread_mutex_unlock(&programme->lock);
	return closing;
}

/* Waits for the first samples; tells the station meanwhile what it should know.
 * False: *fault says why there are none. */
static bool
deck_prime(struct programme *programme, struct deck *deck,
	   struct fault *fault)
{
	int64_t deadline = clock_monotonic_ms() + FIRST_SOUND_MS;
	int64_t left;

	while (deck->count == 0 && deck->ended == STATUS_OK &&
	       (left = deadline - clock_monotonic_ms()) > 0) {
		struct pollfd both[2] = {
			{ .fd = media_decoder_fd(deck->decoder),
			  .events = POLLIN },
			{ .fd = programme->wake_fd, .events = POLLIN },
		};

		if (poll(both, 2, (int)left) < 0)
			continue;
		if (both[0].revents != 0)
			deck_fill(deck, TICK_FRAMES, 0);
		if (both[1].revents == 0)
			continue;
		wake_empty(programme);
		if (is_closing(programme)) {
			fault_set(fault, STATUS_CANCELLED, "it stops");
			return false;
		}
		events_pass_on(programme);
	}
	if (deck->count > 0)
		return true;
	if (deck->ended == STATUS_OUT_OF_RANGE)
		fault_set(fault, STATUS_CORRUPT, "there is no sound in it");
	else if (deck->ended != STATUS_OK)
		*fault = deck->fault;
	else
		fault_set(fault, STATUS_TIMED_OUT, "no sound came for %d s",
			  FIRST_SOUND_MS / 1000);
	return false;
}

static struct deck *
deck_ready(struct programme *programme, const struct programme_item *item,
	   const struct programme_input *input, struct fault *fault)
{
	struct deck *deck = deck_open(programme->settings.pool, item,
				      input->fd, input->hint, fault);

	close(input->fd);
	if (deck != NULL && !deck_prime(programme, deck, fault)) {
		deck_close(deck);
		deck = NULL;
	}
	return deck;
}

static struct deck *
placeholder_open(struct opener *opener)
{
	const struct programme_settings *settings =
		&opener->programme->settings;
	const struct programme_item item = {
		.crossfade_ms = PROGRAMME_CHANNEL_CROSSFADE
	};
	struct programme_input input = { .fd = -1 };
	struct fault fault = { 0 };
	struct deck *deck = NULL;

	if (settings->placeholder == NULL ||
	    settings->placeholder[0] == '\0' ||
	    clock_monotonic_ms() < opener->placeholder_after_ms)
		return NULL;
	input.fd = open(settings->placeholder, O_RDONLY | O_CLOEXEC);
	if (input.fd < 0)
		fault_errno(&fault, errno, "cannot open it");
	else
		deck = deck_ready(opener->programme, &item, &input, &fault);
	if (deck == NULL && fault.status != STATUS_CANCELLED) {
		opener->placeholder_after_ms =
			clock_monotonic_ms() + PLACEHOLDER_RETRY_MS;
		log_warning("programme", "the placeholder cannot be played",
			    LOG_TEXT("path", settings->placeholder),
			    LOG_TEXT("why", fault.message));
	}
	return deck;
}

/* NULL: it failed, and the station knows. */
static struct deck *
item_open(struct opener *opener, const struct programme_item *item)
{
	struct programme *programme = opener->programme;
	const struct programme_station *station = &programme->station;
	struct programme_input input = { .fd = -1 };
	struct fault fault = { 0 };
	struct deck *deck = NULL;

	if (station->open(station->cookie, item, &input, &fault) == STATUS_OK)
		deck = deck_ready(programme, item, &input, &fault);
	if (deck != NULL) {
		opener->failures = 0;
		return deck;
	}
	if (fault.status == STATUS_CANCELLED && is_closing(programme))
		return NULL;
	opener->failures++;
	log_warning("programme", "an item cannot be played",
		    LOG_TEXT("id", item->id), LOG_TEXT("why", fault.message));
	events_pass_on(programme);
	station->ended(station->cookie, item->id, PROGRAMME_ERROR, 0, &fault);
	return NULL;
}

/* Keeps of what is ready what still is as planned, from the first on; `made` says
 * how many. False: the plan is older than what plays. */
static bool
next_keep(struct opener *opener, uint64_t taken)
{
	struct programme *programme = opener->programme;
	struct deck **at = &programme->next, *rest;
	size_t kept = 0;

	pthread_mutex_lock(&programme->lock);
	if (programme->taken != taken) {
		pthread_mutex_unlock(&programme->lock);
		return false;
	}
	while (*at != NULL && kept < opener->planned &&
	       strcmp((*at)->id, opener->plan[kept].id) == 0) {
		at = &(*at)->next;
		kept++;
	}
	rest = *at;
	*at = NULL;
	pthread_mutex_unlock(&programme->lock);
	decks_close(rest);
	opener->made = kept;
	return true;
}

/* `taken`: how often something was taken when the plan was made. A plan that is
 * older than what plays may name that again; then it is thrown away. */
static void
settle(struct programme *programme, struct deck *deck, uint64_t wishes,
       uint64_t taken)
{
	bool stale;

	pthread_mutex_lock(&programme->lock);
	stale = programme->taken != taken;
	if (!stale && deck != NULL)
		programme->next = deck;
	if (!stale)
		programme->decided = wishes;
	pthread_cond_broadcast(&programme->decided_wake);
	pthread_mutex_unlock(&programme->lock);
	if (stale)
		deck_close(deck);
}

/* Has the first of the plan ready that can be played. False: try again after a
 * moment. */
static bool
next_settle(struct opener *opener, uint64_t wishes, uint64_t taken)
{
	struct programme *programme = opener->programme;
	const struct programme_station *station = &programme->station;
	struct deck *deck = NULL;
	bool placeholder;

	memset(opener->plan, 0, sizeof opener->plan);
	opener->planned = station->plan(station->cookie, opener->plan);
	placeholder = opener->planned == 0;
	if (placeholder) {
		opener->failures = 0;
		opener->planned = 1; /* with an empty id */
	}
	if (!next_keep(opener, taken)) {
		opener->planned = 0;
		return true; /* it is still to be decided: again */
	}
	if (opener->made == 0 && placeholder)
		deck = placeholder_open(opener);
	else if (opener->made == 0)
		deck = item_open(opener, &opener->plan[0]);
	if (opener->made == 0 && deck == NULL && !placeholder) {
		opener->planned = 0;
		return false;
	}
	opener->made += opener->made == 0;
	settle(programme, deck, wishes, taken);
	return true;
}

/* There is something to make ready beside the next thing, and room for it: half
 * of the places stay for what has to play. */
static bool
has_more(struct opener *opener)
{
	struct media_pool_state pool;

	if (opener->made >= opener->planned ||
	    opener->plan[opener->made].last_moment)
		return false;
	media_pool_look(opener->programme->settings.pool, &pool);
	return pool.live < pool.live_max / 2;
}

/* Puts it behind the one it is planned after; NULL when it came too late. */
static struct deck *
deck_append(struct programme *programme, const char *after, struct deck *deck)
{
	struct deck **at = &programme->next;
	const char *last = programme->taken_id;

	pthread_mutex_lock(&programme->lock);
	for (; *at != NULL; at = &(*at)->next)
		last = (*at)->id;
	if (strcmp(last, after) == 0) {
		*at = deck;
		deck = NULL;
		pthread_cond_broadcast(&programme->decided_wake);
	}
	pthread_mutex_unlock(&programme->lock);
	return deck;
}

static void
more_open(struct opener *opener)
{
	const struct programme_item *item = &opener->plan[opener->made];
	struct deck *deck = item_open(opener, item);

	if (deck == NULL)
		programme_replan(opener->programme); /* without it */
	else
		deck_close(deck_append(opener->programme, item[-1].id, deck));
	opener->made = deck == NULL ? opener->planned : opener->made + 1;
}

/* ---- live ---- */

static void
live_open(struct programme *programme, const struct live_wish *wish)
{
	const struct programme_item item = { .crossfade_ms = wish->fade_ms };
	struct programme_input input = { .fd = wish->fd };
	struct fault fault = { 0 };
	struct deck *deck;

	memcpy(input.hint, wish->hint, sizeof input.hint);
	deck = deck_ready(programme, &item, &input, &fault);
	if (deck == NULL) {
		programme_live_over(programme, &fault);
		return;
	}
	pthread_mutex_lock(&programme->lock);
	programme->live_next = deck;
	pthread_mutex_unlock(&programme->lock);
}

/* ---- the thread ---- */

static bool
has_work(const struct programme *programme)
{
	return programme->events != NULL || programme->waste != NULL ||
	       programme->live_wish.wanted ||
	       programme->decided != programme->wishes ||
	       (programme->closing && programme->pacer_ended);
}

static void
wait_for_work(struct programme *programme, bool pause, bool more)
{
	struct timespec until;
	int64_t end_ms = clock_monotonic_ms() + RETRY_MS;

	until.tv_sec = end_ms / 1000;
	until.tv_nsec = end_ms % 1000 * 1000000;
	if (!pause) {
		while (!more && !has_work(programme))
			pthread_cond_wait(&programme->opener_wake,
					  &programme->lock);
		return;
	}
	while (!programme->closing &&
	       pthread_cond_timedwait(&programme->opener_wake,
				      &programme->lock, &until) != ETIMEDOUT)
		;
}

void *
programme_opener_run(void *cookie)
{
	struct programme *programme = cookie;
	struct opener opener = { .programme = programme };
	bool pause = false;

	for (;;) {
		struct live_wish live;
		bool closing, done, more = !pause && has_more(&opener);
		uint64_t wishes, taken;

		pthread_mutex_lock(&programme->lock);
		wait_for_work(programme, pause, more);
		live = programme->live_wish;
		programme->live_wish.wanted = false;
		closing = programme->closing;
		done = closing && programme->pacer_ended;
		wishes = programme->decided != programme->wishes ?
				 programme->wishes :
				 0;
		taken = programme->taken;
		pthread_mutex_unlock(&programme->lock);
		wake_empty(programme);
		events_pass_on(programme);
		waste_close(programme);
		if (live.wanted && closing)
			close(live.fd);
		else if (live.wanted)
			live_open(programme, &live);
		if (done)
			return NULL;
		pause = false;
		if (closing)
			settle(programme, NULL, wishes, taken);
		else if (wishes > 0 && !next_settle(&opener, wishes, taken))
			pause = opener.failures >= PATIENCE;
		else if (wishes == 0 && more)
			more_open(&opener);
	}
}
