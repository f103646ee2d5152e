/* test_live_hub.c - who hears what of what happens on the air. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>

#include "net/websocket_message.h"
#include "service/live_hub.h"

#define HEARD_MAX 4096

struct ear {
	struct live_subscriber subscriber;
	json_t *heard[HEARD_MAX];
	size_t count;
	bool greeted, resumed;
	int64_t seq;
};

static json_t *
payload(struct ws_message *message)
{
	struct span frame = ws_message_frame(message, false);
	size_t head = (frame.at[1] & 127) == 126 ? 4 : 2;
	json_t *json = json_loadb(frame.at + head, frame.length - head, 0,
				  NULL);

	assert_non_null(json);
	return json;
}

static void
ear_deliver(void *cookie, struct ws_message *message)
{
	struct ear *ear = cookie;

	assert_true(ear->greeted);
	assert_true(ear->count < HEARD_MAX);
	ear->heard[ear->count++] = payload(message);
}

static void
ear_greet(void *cookie, bool resumed, int64_t seq)
{
	struct ear *ear = cookie;

	ear->greeted = true;
	ear->resumed = resumed;
	ear->seq = seq;
}

static struct ear *
listen_to(struct live_hub *hub, enum live_topic topic, int64_t channel,
	  bool sees_private, int64_t since)
{
	struct ear *ear = calloc(1, sizeof *ear);

	ear->subscriber = (struct live_subscriber){
		.topic = topic,
		.channel_id = channel,
		.sees_private = sees_private,
		.events = UINT32_MAX,
		.deliver = ear_deliver,
		.greet = ear_greet,
		.cookie = ear,
	};
	live_hub_join(hub, &ear->subscriber, since);
	return ear;
}

static void
leave(struct live_hub *hub, struct ear *ear)
{
	live_hub_leave(hub, &ear->subscriber);
	for (size_t i = 0; i < ear->count; i++)
		json_decref(ear->heard[i]);
	free(ear);
}

static const char *
text_in(const json_t *json, const char *name)
{
	return json_string_value(json_object_get(json, name));
}

static int64_t
int_in(const json_t *json, const char *name)
{
	return json_integer_value(json_object_get(json, name));
}

static const struct live_channel rock = { .id = 7, .is_public = true };
static const struct live_channel hidden = { .id = -8, .is_public = false };

static void
each_topic_gets_a_start_in_its_own_envelope(void **state)
{
	struct live_hub *hub = live_hub_new();
	struct ear *stats = listen_to(hub, LIVE_STATS, LIVE_CHANNEL_ANY, false,
				      0);
	struct ear *monitor = listen_to(hub, LIVE_MONITORING, LIVE_CHANNEL_ANY,
					true, 0);
	const json_t *data;

	(void)state;
	live_hub_publish_stream_update(hub, rock, LIVE_STARTED, "playing",
				       SPAN("{\"title\":\"Kino\"}"), 3);
	assert_int_equal(stats->count, 1);
	assert_string_equal(text_in(stats->heard[0], "type"),
			    "stream_update");
	assert_null(json_object_get(stats->heard[0], "event"));
	data = json_object_get(stats->heard[0], "data");
	assert_int_equal(int_in(data, "channel_id"), 7);
	assert_string_equal(text_in(data, "event"), "started");
	assert_int_equal(int_in(data, "listeners"), 3);
	assert_string_equal(text_in(json_object_get(data, "current_track"),
				    "title"),
			    "Kino");
	assert_int_equal(monitor->count, 1);
	assert_string_equal(text_in(monitor->heard[0], "event"),
			    "stream_status");
	assert_int_equal(int_in(monitor->heard[0], "channel_id"), 7);
	assert_true(int_in(monitor->heard[0], "seq") >
		    int_in(stats->heard[0], "seq"));
	leave(hub, stats);
	leave(hub, monitor);
	live_hub_free(hub);
}

static void
a_private_channel_is_heard_by_those_who_may_see_it(void **state)
{
	struct live_hub *hub = live_hub_new();
	struct ear *visitor = listen_to(hub, LIVE_PLAYLIST, LIVE_CHANNEL_ANY,
					false, 0);
	struct ear *moderator = listen_to(hub, LIVE_PLAYLIST, hidden.id, true,
					  0);

	(void)state;
	live_hub_publish_listeners(hub, hidden, 2, 1);
	live_hub_publish_listeners(hub, rock, 5, -1);
	assert_int_equal(visitor->count, 1);
	assert_int_equal(int_in(visitor->heard[0], "channel_id"), 7);
	assert_int_equal(moderator->count, 1);
	assert_int_equal(int_in(moderator->heard[0], "channel_id"), -8);
	leave(hub, visitor);
	leave(hub, moderator);
	live_hub_free(hub);
}

static void
who_comes_back_hears_what_was_missed_and_nothing_twice(void **state)
{
	struct live_hub *hub = live_hub_new();
	struct ear *first = listen_to(hub, LIVE_PLAYLIST, 7, false, 0);
	struct ear *again;
	int64_t since;

	(void)state;
	assert_false(first->resumed);
	live_hub_publish_playlist_update(hub, rock, "add",
					 SPAN("{\"title\":\"one\"}"), 1, 1);
	since = int_in(first->heard[0], "seq");
	leave(hub, first);
	live_hub_publish_playlist_update(hub, rock, "add",
					 SPAN("{\"title\":\"two\"}"), 2, 2);
	live_hub_publish_playlist_update(hub, hidden, "clear",
					 (struct span){ 0 }, 0, 9);
	live_hub_publish_queue_update(hub, rock, SPAN("[1,2]"), 2, 2, NULL,
				      true);
	again = listen_to(hub, LIVE_PLAYLIST, 7, false, since);
	assert_true(again->resumed);
	assert_int_equal(again->count, 2);
	assert_int_equal(int_in(json_object_get(again->heard[0], "data"),
				"queue_size"),
			 2);
	assert_string_equal(text_in(again->heard[1], "event"),
			    "queue_update");
	leave(hub, again);
	live_hub_free(hub);
}

static void
a_number_that_is_too_old_or_of_another_life_is_not_resumed(void **state)
{
	struct live_hub *hub = live_hub_new();
	struct ear *ear = listen_to(hub, LIVE_MONITORING, 7, true, 0);
	struct ear *old, *newest, *foreign;
	int64_t start = ear->seq;

	(void)state;
	for (int i = 0; i <= LIVE_EVENTS_KEPT; i++)
		live_hub_publish_alert(hub, "info", "test", "Hello.",
				       (struct span){ 0 }, 7);
	assert_int_equal(ear->count, LIVE_EVENTS_KEPT + 1);
	old = listen_to(hub, LIVE_MONITORING, 7, true, start);
	assert_false(old->resumed);
	assert_int_equal(old->count, 0);
	newest = listen_to(hub, LIVE_MONITORING, 7, true, start + 1);
	assert_true(newest->resumed);
	assert_int_equal(newest->count, LIVE_EVENTS_KEPT);
	foreign = listen_to(hub, LIVE_MONITORING, 7, true, newest->seq + 1);
	assert_false(foreign->resumed);
	leave(hub, ear);
	leave(hub, old);
	leave(hub, newest);
	leave(hub, foreign);
	live_hub_free(hub);
}

static void
figures_in_a_rhythm_push_nothing_out_of_the_ring(void **state)
{
	struct live_hub *hub = live_hub_new();
	struct ear *ear = listen_to(hub, LIVE_STATS, LIVE_CHANNEL_ANY, false,
				    0);
	struct live_figures figures = { .cpu_percent = 12.5,
					.active_streams = 2 };
	struct ear *again;

	(void)state;
	live_hub_publish_auto_end_warning(hub, rock, 60, 1700000000000);
	for (int i = 0; i < LIVE_EVENTS_KEPT + 10; i++)
		live_hub_publish_figures(hub, &figures);
	assert_int_equal(ear->count, LIVE_EVENTS_KEPT + 11);
	again = listen_to(hub, LIVE_STATS, LIVE_CHANNEL_ANY, false, ear->seq);
	assert_true(again->resumed);
	assert_int_equal(again->count, 1);
	assert_string_equal(text_in(again->heard[0], "type"),
			    "auto_end_warning");
	leave(hub, ear);
	leave(hub, again);
	live_hub_free(hub);
}

static void
only_chosen_events_arrive(void **state)
{
	struct live_hub *hub = live_hub_new();
	struct ear *ear = listen_to(hub, LIVE_PLAYLIST, 7, false, 0);

	(void)state;
	live_hub_choose(hub, &ear->subscriber,
			live_event_bit(LIVE_PLAYLIST, SPAN("track_change")));
	live_hub_publish_listeners(hub, rock, 1, 1);
	live_hub_publish_track_change(hub, rock, (struct span){ 0 },
				      SPAN("{}"), "skip");
	assert_int_equal(ear->count, 1);
	assert_string_equal(text_in(ear->heard[0], "event"), "track_change");
	assert_int_equal(live_event_bit(LIVE_STATS, SPAN("track_change")), 0);
	leave(hub, ear);
	live_hub_free(hub);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_topic_gets_a_start_in_its_own_envelope),
		cmocka_unit_test(
			a_private_channel_is_heard_by_those_who_may_see_it),
		cmocka_unit_test(
			who_comes_back_hears_what_was_missed_and_nothing_twice),
		cmocka_unit_test(
			a_number_that_is_too_old_or_of_another_life_is_not_resumed),
		cmocka_unit_test(
			figures_in_a_rhythm_push_nothing_out_of_the_ring),
		cmocka_unit_test(only_chosen_events_arrive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
