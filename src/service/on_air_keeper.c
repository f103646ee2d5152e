/* on_air_keeper.c - the thread that looks after channels on the air; see
 * on_air_private.h. */
#include "service/on_air_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"

#define TICK_MS 250
#define SYNC_MS 500  /* how soon another process's change is seen */
#define REPLAN_MS 1000 /* while the placeholder plays */

struct sync_look {
	struct arena *arena;
	struct channel_pulse *pulses;
	size_t count;
};

static enum status
sync_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct sync_look *look = cookie;

	return channels_on_air(session, look->arena, &look->pulses,
			       &look->count, fault);
}

static bool
has_pulse(const struct sync_look *look, int64_t id)
{
	for (size_t i = 0; i < look->count; i++) {
		if (look->pulses[i].id == id)
			return true;
	}
	return false;
}

/* One that is on the air and should not be. */
static bool
stray_find(struct on_air *on_air, const struct sync_look *look, int64_t *id)
{
	bool found = false;

	pthread_mutex_lock(&on_air->lock);
	for (struct aired *one = on_air->list; one != NULL; one = one->next) {
		if (!found && !has_pulse(look, one->id)) {
			*id = one->id;
			found = true;
		}
	}
	pthread_mutex_unlock(&on_air->lock);
	return found;
}

/* What another process may have done to one that is on the air: true when its
 * row is another. When what we noted as current was ended there, and neither of
 * us has moved on since, somebody skipped it. */
static bool
pulse_take(struct on_air *on_air, const struct channel_pulse *pulse)
{
	struct aired *one;
	bool changed = true;

	pthread_mutex_lock(&on_air->lock);
	one = aired_find(on_air, pulse->id);
	if (one != NULL) {
		changed = one->paused != pulse->paused ||
			  one->updated_at_ms != pulse->updated_at_ms;
		if (one->queue_version != pulse->queue_version)
			programme_replan(one->programme);
		one->queue_version = pulse->queue_version;
		if (pulse->current_id == 0 && one->noted[0] != '\0' &&
		    strcmp(one->noted, one->noted_before) == 0)
			programme_skip(one->programme, one->noted);
	}
	pthread_mutex_unlock(&on_air->lock);
	return changed;
}

static void
noted_keep(struct on_air *on_air)
{
	pthread_mutex_lock(&on_air->lock);
	for (struct aired *one = on_air->list; one != NULL; one = one->next)
		memcpy(one->noted_before, one->noted, sizeof one->noted);
	pthread_mutex_unlock(&on_air->lock);
}

/* Brings the air to what the store says, whoever changed it. */
void
on_air_sync(struct on_air *on_air)
{
	struct sync_look look = { 0 };
	struct fault fault = { 0 };
	struct arena arena;
	int64_t stray;

	arena_init(&arena);
	look.arena = &arena;
	noted_keep(on_air);
	if (store_read(on_air->args.store, sync_work, &look, &fault) ==
	    STATUS_OK) {
		for (size_t i = 0; i < look.count; i++) {
			if (pulse_take(on_air, &look.pulses[i]))
				on_air_follow(on_air, look.pulses[i].id);
		}
		if (stray_find(on_air, &look, &stray))
			on_air_follow(on_air, stray);
	}
	arena_release(&arena);
}

struct stop_work {
	int64_t id;
	bool changed;
};

static enum status
stop_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct stop_work *work = cookie;

	return channels_stop(session, work->id, "auto_end", &work->changed,
			     fault);
}

/* What the machine of one channel advises now. */
struct advice {
	int64_t id;
	struct live_channel channel;
	struct auto_end_advice what;
	int64_t ends_at_ms;
};

/* The next channel after `after` that something is to be done for. */
static bool
advice_find(struct on_air *on_air, struct advice *out)
{
	int64_t now = clock_monotonic_ms();
	bool found = false;

	pthread_mutex_lock(&on_air->lock);
	for (struct aired *one = on_air->list; one != NULL && !found;
	     one = one->next) {
		const struct auto_end_state state = {
			.enabled = one->settings.auto_end_enabled,
			.paused = one->paused || one->live_session != 0,
			.timeout_ms = one->settings.auto_end_ms,
			.listeners = one->listeners +
				     pushes_counted(on_air->args.pushes,
						    one->id),
		};

		*out = (struct advice){ one->id, aired_channel(one), { 0 }, 0 };
		out->what = auto_end_step(&one->machine, &state, now);
		out->ends_at_ms = clock_now_ms() +
				  auto_end_left_ms(&one->machine, now);
		found = out->what.act != AUTO_END_NOTHING &&
			one->end_reason == NULL;
		if (found && out->what.act == AUTO_END_NOW)
			one->end_reason = "auto_end";
		if (one->placeholder &&
		    now - one->replanned_at_ms >= REPLAN_MS) {
			one->replanned_at_ms = now;
			programme_replan(one->programme);
		}
	}
	pthread_mutex_unlock(&on_air->lock);
	return found;
}

/* The store could not be asked: the machine will say it again. */
static void
auto_end_undo(struct on_air *on_air, int64_t id)
{
	struct aired *one;

	pthread_mutex_lock(&on_air->lock);
	one = aired_find(on_air, id);
	if (one != NULL)
		one->end_reason = NULL;
	pthread_mutex_unlock(&on_air->lock);
}

static void
auto_end_do(struct on_air *on_air, const struct advice *advice)
{
	struct stop_work work = { .id = advice->id };
	struct fault fault = { 0 };

	if (store_write(on_air->args.store, stop_work, &work, &fault) ==
	    STATUS_OK)
		on_air_follow(on_air, advice->id);
	else
		auto_end_undo(on_air, advice->id);
}

static void
advice_do(struct on_air *on_air, const struct advice *advice)
{
	if (advice->what.act == AUTO_END_WARN)
		live_hub_publish_auto_end_warning(
			on_air->args.hub, advice->channel,
			(uint32_t)advice->what.seconds, advice->ends_at_ms);
	else if (advice->what.act == AUTO_END_CANCELLED)
		live_hub_publish_auto_end_cancelled(on_air->args.hub,
						    advice->channel);
	else
		auto_end_do(on_air, advice);
}

/* While somebody wants to see them. */
static void
levels_tell(struct on_air *on_air)
{
	if (!live_hub_wants_levels(on_air->args.hub))
		return;
	pthread_mutex_lock(&on_air->lock);
	for (struct aired *one = on_air->list; one != NULL; one = one->next) {
		struct programme_levels now;

		programme_levels(one->programme, &now);
		live_hub_publish_levels(
			on_air->args.hub, aired_channel(one),
			&(const struct live_levels){
				{ now.peak_db[0], now.peak_db[1] },
				{ now.rms_db[0], now.rms_db[1] },
				now.gain_db });
	}
	pthread_mutex_unlock(&on_air->lock);
}

static void
tick_wait(struct on_air *on_air)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += TICK_MS * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_mutex_lock(&on_air->lock);
	while (!on_air->closing &&
	       pthread_cond_timedwait(&on_air->wake, &on_air->lock, &until) !=
		       ETIMEDOUT)
		;
	pthread_mutex_unlock(&on_air->lock);
}

void *
on_air_keeper(void *cookie)
{
	struct on_air *on_air = cookie;
	int64_t synced_at = clock_monotonic_ms();

	for (;;) {
		struct advice advice;
		bool closing;

		tick_wait(on_air);
		pthread_mutex_lock(&on_air->lock);
		closing = on_air->closing;
		pthread_mutex_unlock(&on_air->lock);
		if (closing)
			return NULL;
		while (advice_find(on_air, &advice))
			advice_do(on_air, &advice);
		levels_tell(on_air);
		if (clock_monotonic_ms() - synced_at >= SYNC_MS) {
			synced_at = clock_monotonic_ms();
			on_air_sync(on_air);
		}
	}
}
