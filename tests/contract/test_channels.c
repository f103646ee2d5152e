/* test_channels.c - live channels, their queues and their history, on both
 * stores. After every change the places of all queues are looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library/channel_djs.h"
#include "library/channel_history.h"
#include "library/channel_pushes.h"
#include "library/channels.h"
#include "library/secrets.h"
#include "library/sources.h"
#include "tests/support/music.h"

#define TRACKS 3

struct booth {
	struct music music;
	int64_t channel;
	int64_t tracks[TRACKS];
};

struct act;
typedef enum status act_step(struct act *act, struct store_session *session,
			     struct fault *fault);

/* One call on the store: what to do, and what came of it. */
struct act {
	struct booth *booth;
	act_step *does;
	enum status status;
	struct fault fault;

	int64_t channel, position, expected, version, id, removed;
	const char *item;
	struct queue_item queued;
	struct channel_settings settings;
	const char *reason;
	struct dj_row dj, *djs;
	const char *hash;
	size_t count;
	enum play_kind kind;
	enum end_reason end;
	bool flag, changed;
};

static enum status
act_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct act *act = cookie;

	return act->does(act, session, fault);
}

static enum status
check_work(struct store_session *session, void *cookie, struct fault *fault)
{
	(void)cookie;
	return channel_queue_check(session, fault);
}

static enum status
run(struct booth *booth, struct act *act, act_step *does)
{
	act->booth = booth;
	act->does = does;
	if (act->channel == 0)
		act->channel = booth->channel;
	act->status =
		store_write(booth->music.store, act_work, act, &act->fault);
	music_read(&booth->music, check_work, NULL);
	return act->status;
}

static void
must(struct booth *booth, struct act *act, act_step *does)
{
	if (run(booth, act, does) != STATUS_OK)
		fail_msg("%s", act->fault.message);
}

static enum status
do_make(struct act *act, struct store_session *session, struct fault *fault)
{
	return channels_add(session, act->id, &act->settings, &act->id, fault);
}

static enum status
do_change(struct act *act, struct store_session *session, struct fault *fault)
{
	return channels_change(session, act->channel, &act->settings, fault);
}

static enum status
do_drop(struct act *act, struct store_session *session, struct fault *fault)
{
	return channels_remove(session, act->channel, fault);
}

static enum status
do_start(struct act *act, struct store_session *session, struct fault *fault)
{
	return channels_start(session, act->channel, &act->changed, fault);
}

static enum status
do_stop(struct act *act, struct store_session *session, struct fault *fault)
{
	return channels_stop(session, act->channel, act->reason, &act->changed,
			     fault);
}

static enum status
do_pause(struct act *act, struct store_session *session, struct fault *fault)
{
	return channels_pause(session, act->channel, act->flag, fault);
}

static enum status
do_put(struct act *act, struct store_session *session, struct fault *fault)
{
	return channel_queue_add(session, &act->queued, act->position,
				 act->expected, &act->version, fault);
}

static enum status
do_take(struct act *act, struct store_session *session, struct fault *fault)
{
	return channel_queue_remove(session, act->channel, act->item,
				    act->expected, &act->version, fault);
}

static enum status
do_move(struct act *act, struct store_session *session, struct fault *fault)
{
	return channel_queue_move(session, act->channel, act->item,
				  act->position, act->expected, &act->version,
				  fault);
}

static enum status
do_clear(struct act *act, struct store_session *session, struct fault *fault)
{
	return channel_queue_clear(session, act->channel, act->expected,
				   &act->removed, &act->version, fault);
}

static enum status
do_begin(struct act *act, struct store_session *session, struct fault *fault)
{
	return channel_history_begin(session, &act->queued, act->kind, 0,
				     false, &act->changed, fault);
}

static enum status
do_end(struct act *act, struct store_session *session, struct fault *fault)
{
	return channel_history_end(session, &act->queued, act->kind, act->end,
				   &act->changed, fault);
}

static enum status
do_hear(struct act *act, struct store_session *session, struct fault *fault)
{
	return channel_history_heard(session, act->channel, act->id,
				     act->position, act->expected, &act->flag,
				     fault);
}

/* ---- a booth -------------------------------------------------------------- */

static void
booth_open(struct booth *booth, const char *driver)
{
	struct act act = { .channel = 1,
			   .settings = { .title = "First",
					 .is_public = true,
					 .auto_end_minutes = 5 } };

	music_open(&booth->music, driver);
	for (int i = 0; i < TRACKS; i++) {
		char path[32], title[32];
		struct music_file file;

		snprintf(path, sizeof path, "%d.flac", i);
		snprintf(title, sizeof title, "Track %d", i);
		file = music_file(&booth->music, path);
		music_tag(&file, title, i < 2 ? "Ann" : "Ben", "One", "Rock");
		file.media.duration_ms = 1000 * (i + 1);
		booth->tracks[i] = music_save(&booth->music, &file).track_id;
	}
	must(booth, &act, do_make);
	booth->channel = act.id;
}

static struct queue_item
item(struct booth *booth, const char *id, const char *title)
{
	return (struct queue_item){ .id = id,
				    .channel_id = booth->channel,
				    .title = title,
				    .source = ITEM_STREAM,
				    .url = "http://127.0.0.1/x" };
}

static int64_t
put(struct booth *booth, const char *id, int64_t position)
{
	struct act act = { .queued = item(booth, id, id),
			   .position = position };

	must(booth, &act, do_put);
	return act.version;
}

struct look {
	struct booth *booth;
	int64_t id;
	struct channel_queue queue;
	struct channel channel;
	struct played_list history;
};

static enum status
look_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct look *look = cookie;
	struct arena *arena = &look->booth->music.arena;
	struct page_request page = { 0 };
	enum status status = channel_queue_get(session, look->booth->channel,
					       arena, &look->queue, fault);

	if (status == STATUS_OK)
		status = channels_get(session, look->booth->channel, arena,
				      &look->channel, fault);
	if (status == STATUS_OK)
		status = channel_history_list(session, look->booth->channel,
					      &page, arena, &look->history,
					      fault);
	return status;
}

static struct look
look(struct booth *booth)
{
	struct look look = { .booth = booth };

	music_read(&booth->music, look_work, &look);
	return look;
}

/* The queue's ids with blanks between. */
static const char *
order(struct booth *booth)
{
	struct look now = look(booth);
	const char *text = "";

	for (size_t i = 0; i < now.queue.count; i++)
		text = arena_print(&booth->music.arena, "%s%s%s", text,
				   i == 0 ? "" : " ", now.queue.items[i].id);
	assert_int_equal(now.channel.queue_size, now.queue.count);
	return text;
}

/* ---- scenarios ------------------------------------------------------------ */

static void
a_channel_takes_the_id_it_is_given(void **state)
{
	struct booth *booth = *state;
	struct act chat = { .id = -1001234567890,
			    .settings = { .title = "Chat" } };
	struct act again = { .id = -1001234567890,
			     .settings = { .title = "Twice" } };
	struct act next = { .settings = { .title = "Next" } };

	must(booth, &chat, do_make);
	assert_int_equal(chat.id, -1001234567890);
	assert_int_equal(run(booth, &again, do_make), STATUS_CONFLICT);
	assert_string_equal(again.fault.field, "id");
	must(booth, &next, do_make);
	assert_int_equal(next.id, booth->channel + 1);
}

static void
items_stand_where_they_are_put(void **state)
{
	struct booth *booth = *state;
	put(booth, "a", QUEUE_AT_END);
	put(booth, "b", QUEUE_AT_END);
	put(booth, "c", 0);
	put(booth, "d", 1);
	put(booth, "e", 90);
	assert_string_equal(order(booth), "c d a b e");
}

static void
move(struct booth *booth, const char *id, int64_t to, const char *expected)
{
	struct act act = { .item = id, .position = to };

	must(booth, &act, do_move);
	assert_string_equal(order(booth), expected);
}

static void
an_item_moves_both_ways(void **state)
{
	struct booth *booth = *state;
	for (const char *const *id = (const char *const[]){ "a", "b", "c", "d",
							    NULL };
	     *id != NULL; id++)
		put(booth, *id, QUEUE_AT_END);
	move(booth, "a", 2, "b c a d");
	move(booth, "d", 0, "d b c a");
	move(booth, "d", 99, "b c a d");
	move(booth, "c", 1, "b c a d");
}

static void
removing_and_clearing(void **state)
{
	struct booth *booth = *state;
	struct act take = { .item = "b" }, again = { .item = "b" };
	struct act clear = { 0 };

	put(booth, "a", QUEUE_AT_END);
	put(booth, "b", QUEUE_AT_END);
	put(booth, "c", QUEUE_AT_END);
	must(booth, &take, do_take);
	assert_string_equal(order(booth), "a c");
	assert_int_equal(run(booth, &again, do_take), STATUS_NOT_FOUND);
	must(booth, &clear, do_clear);
	assert_int_equal(clear.removed, 2);
	assert_string_equal(order(booth), "");
}

static void
an_old_version_is_refused_and_changes_nothing(void **state)
{
	struct booth *booth = *state;
	int64_t first = put(booth, "a", QUEUE_AT_END);
	int64_t second = put(booth, "b", QUEUE_AT_END);
	struct act late = { .item = "a", .position = 1, .expected = first };
	struct act in_time = { .item = "a", .position = 1,
			       .expected = second };

	assert_int_equal(second, first + 1);
	assert_int_equal(run(booth, &late, do_move), STATUS_CONFLICT);
	assert_string_equal(late.fault.field, "version");
	assert_string_equal(order(booth), "a b");
	assert_int_equal(look(booth).queue.version, second);
	must(booth, &in_time, do_move);
	assert_string_equal(order(booth), "b a");
}

static void
a_hundred_items_are_the_most(void **state)
{
	struct booth *booth = *state;
	struct act more = { .queued = item(booth, "more", "More") };

	for (int i = 0; i < QUEUE_ITEMS_MAX; i++) {
		char id[QUEUE_ID_BYTES];

		queue_id_make(id);
		assert_int_equal(strlen(id), 36);
		put(booth, id, 0);
	}
	assert_int_equal(run(booth, &more, do_put), STATUS_FULL);
	assert_int_equal(look(booth).queue.count, QUEUE_ITEMS_MAX);
}

static void
a_track_brings_its_title_and_length(void **state)
{
	struct booth *booth = *state;
	struct act track = { .queued = { .id = "t",
					 .channel_id = booth->channel,
					 .track_id = booth->tracks[1] } };
	struct act none = { .queued = { .id = "n",
					.channel_id = booth->channel,
					.track_id = 99999 } };
	struct look now;

	must(booth, &track, do_put);
	now = look(booth);
	assert_string_equal(now.queue.items[0].title, "Track 1");
	assert_int_equal(now.queue.items[0].duration_ms, 2000);
	assert_int_equal(run(booth, &none, do_put), STATUS_INVALID);
	assert_string_equal(none.fault.field, "track_id");
}

static void
what_plays_leaves_the_queue_and_is_noted(void **state)
{
	struct booth *booth = *state;
	struct act begin = { .queued = item(booth, "a", "A") };
	struct act end = { .queued = begin.queued, .end = END_SKIP };
	struct look now;

	put(booth, "a", QUEUE_AT_END);
	put(booth, "b", QUEUE_AT_END);
	must(booth, &begin, do_begin);
	assert_true(begin.changed);
	assert_string_equal(order(booth), "b");
	now = look(booth);
	assert_int_equal(now.history.count, 1);
	assert_int_equal(now.channel.current_id, now.history.items[0].id);
	must(booth, &begin, do_begin); /* again, after a restart */
	assert_false(begin.changed);
	assert_int_equal(look(booth).history.count, 1);
	must(booth, &end, do_end);
	now = look(booth);
	assert_int_equal(now.channel.current_id, 0);
	assert_int_equal(now.history.items[0].reason, END_SKIP);
	assert_true(now.history.items[0].ended_at_ms >=
		    now.history.items[0].started_at_ms);
}

static void
an_item_that_cannot_begin_is_noted_and_leaves(void **state)
{
	struct booth *booth = *state;
	struct act end = { .queued = item(booth, "a", "A"),
			   .end = END_ERROR };
	struct look now;

	put(booth, "a", QUEUE_AT_END);
	must(booth, &end, do_end);
	assert_true(end.changed);
	now = look(booth);
	assert_int_equal(now.queue.count, 0);
	assert_int_equal(now.history.count, 1);
	assert_int_equal(now.history.items[0].reason, END_ERROR);
}

static void
a_run_begins_and_ends_with_its_reason(void **state)
{
	struct booth *booth = *state;
	struct act start = { 0 }, again = { 0 }, drop = { 0 };
	struct act pause = { .flag = true };
	struct act stop = { .reason = "auto_end" };
	struct look now;

	assert_int_equal(run(booth, &pause, do_pause), STATUS_CONFLICT);
	must(booth, &start, do_start);
	assert_true(start.changed);
	must(booth, &again, do_start);
	assert_false(again.changed);
	must(booth, &pause, do_pause);
	now = look(booth);
	assert_true(now.channel.on_air && now.channel.paused);
	assert_true(now.channel.run_started_at_ms > 0);
	assert_int_equal(run(booth, &drop, do_drop), STATUS_CONFLICT);
	must(booth, &stop, do_stop);
	now = look(booth);
	assert_false(now.channel.on_air || now.channel.paused);
	assert_int_equal(now.channel.run_id, 0);
	put(booth, "a", QUEUE_AT_END);
	must(booth, &drop, do_drop);
}

static void
settings_are_kept(void **state)
{
	struct booth *booth = *state;
	struct act change = { .settings = { .title = "Новое",
					    .description = "d",
					    .auto_end_enabled = true,
					    .auto_end_minutes = 60,
					    .auto_dj = "{\"playlist_id\":1}",
					    .crossfade_ms = 3000,
					    .level = LEVEL_ALBUM,
					    .listeners_max = 7,
					    .requests_enabled = true,
					    .request_cooldown_seconds = 9 } };
	struct act nobody = { .channel = 77, .settings = { .title = "x" } };
	struct channel_settings now;

	must(booth, &change, do_change);
	now = look(booth).channel.settings;
	assert_string_equal(now.title, "Новое");
	assert_string_equal(now.auto_dj, "{\"playlist_id\":1}");
	assert_int_equal(now.crossfade_ms, 3000);
	assert_int_equal(now.level, LEVEL_ALBUM);
	assert_int_equal(now.auto_end_minutes, 60);
	assert_int_equal(now.request_cooldown_seconds, 9);
	assert_false(now.is_public);
	assert_int_equal(run(booth, &nobody, do_change), STATUS_NOT_FOUND);
}

static enum status
do_dj_save(struct act *act, struct store_session *session,
	   struct fault *fault)
{
	act->dj.channel_id = act->channel;
	return channel_djs_save(session, &act->dj, act->hash, fault);
}

static enum status
do_dj_remove(struct act *act, struct store_session *session,
	     struct fault *fault)
{
	return channel_djs_remove(session, act->channel, act->dj.id, fault);
}

static enum status
do_dj_look(struct act *act, struct store_session *session,
	   struct fault *fault)
{
	struct arena *arena = &act->booth->music.arena;
	enum status status = channel_djs_list(session, act->channel, arena,
					      &act->djs, &act->count, fault);

	if (status == STATUS_OK && act->count > 0)
		status = channel_djs_password_hash(session, act->djs[0].id,
						   arena, &act->hash, fault);
	return status;
}

static void
djs_are_kept_with_their_times(void **state)
{
	struct booth *booth = *state;
	struct act ann = { .dj = { .username = "Анна",
				   .enabled = true,
				   .weekdays = 0x11,
				   .starts_minute = 1380,
				   .ends_minute = 60 },
			   .hash = "hash 1" };
	struct act again = { .dj = { .username = "Анна" }, .hash = "h" };
	struct act colon = { .dj = { .username = "a:b" }, .hash = "h" };
	struct act nobody = { .channel = 77,
			      .dj = { .username = "x" },
			      .hash = "h" };
	struct act now = { 0 };

	must(booth, &ann, do_dj_save);
	assert_int_equal(run(booth, &again, do_dj_save), STATUS_CONFLICT);
	assert_string_equal(again.fault.field, "username");
	assert_int_equal(run(booth, &colon, do_dj_save), STATUS_INVALID);
	assert_int_equal(run(booth, &nobody, do_dj_save), STATUS_NOT_FOUND);
	must(booth, &now, do_dj_look);
	assert_int_equal(now.count, 1);
	assert_string_equal(now.djs[0].username, "Анна");
	assert_int_equal(now.djs[0].weekdays, 0x11);
	assert_int_equal(now.djs[0].starts_minute, 1380);
	assert_string_equal(now.hash, "hash 1");

	ann.dj.ends_minute = DJ_NO_MINUTE;
	ann.hash = NULL;
	must(booth, &ann, do_dj_save);
	must(booth, &now, do_dj_look);
	assert_int_equal(now.djs[0].ends_minute, DJ_NO_MINUTE);
	assert_string_equal(now.hash, "hash 1");
	ann.hash = "hash 2";
	must(booth, &ann, do_dj_save);
	must(booth, &now, do_dj_look);
	assert_string_equal(now.hash, "hash 2");
	must(booth, &ann, do_dj_remove);
	assert_int_equal(run(booth, &ann, do_dj_remove), STATUS_NOT_FOUND);
	assert_int_equal(run(booth, &ann, do_dj_save), STATUS_NOT_FOUND);
}

static void
a_dj_may_play_in_his_time_only(void **state)
{
	static const struct dj_row night = { .enabled = true,
					     .weekdays = 0x10, /* Friday */
					     .starts_minute = 1380,
					     .ends_minute = 60 };
	struct dj_row always = { .enabled = true,
				 .starts_minute = DJ_NO_MINUTE,
				 .ends_minute = DJ_NO_MINUTE };
	struct dj_row until_noon = always;

	(void)state;
	assert_false(dj_may_play(&night, 4, 1379));
	assert_true(dj_may_play(&night, 4, 1380));
	assert_true(dj_may_play(&night, 5, 59));
	assert_false(dj_may_play(&night, 5, 60));
	assert_false(dj_may_play(&night, 5, 1380));
	assert_false(dj_may_play(&night, 4, 0));
	assert_true(dj_may_play(&always, 0, 0));
	assert_true(dj_may_play(&always, 6, 1439));
	always.enabled = false;
	assert_false(dj_may_play(&always, 0, 0));
	until_noon.ends_minute = 720;
	assert_true(dj_may_play(&until_noon, 2, 719));
	assert_false(dj_may_play(&until_noon, 2, 720));
}

static bool
heard(struct booth *booth, int track, int64_t track_after,
      int64_t artist_after)
{
	struct act act = { .id = booth->tracks[track],
			   .position = track_after,
			   .expected = artist_after };

	must(booth, &act, do_hear);
	return act.flag;
}

static void
what_was_taken_out_does_not_begin(void **state)
{
	struct booth *booth = *state;
	struct act begin = { .queued = item(booth, "gone", "gone") };

	assert_int_equal(run(booth, &begin, do_begin), STATUS_CONFLICT);
	must(booth, &begin, do_put);
	must(booth, &begin, do_begin);
	must(booth, &begin, do_end);
	assert_int_equal(run(booth, &begin, do_begin), STATUS_CONFLICT);
}

static void
tracks_and_artists_are_remembered(void **state)
{
	struct booth *booth = *state;
	struct act begin = { .queued = { .id = "t",
					 .channel_id = booth->channel,
					 .title = "Track 0",
					 .track_id = booth->tracks[0] },
			     .kind = PLAY_AUTO_DJ };

	must(booth, &begin, do_begin);
	assert_true(heard(booth, 0, 0, INT64_MAX));
	assert_false(heard(booth, 1, 0, INT64_MAX));
	assert_true(heard(booth, 1, 0, 0));
	assert_false(heard(booth, 2, 0, 0));
	assert_false(heard(booth, 0, INT64_MAX, INT64_MAX));
}

/* ---- several at once ------------------------------------------------------ */

#define EDITORS 4
#define EDITS 12

struct editor {
	struct booth *booth;
	int number;
	pthread_t thread;
	enum status status;
};

static void *
edit_loop(void *cookie)
{
	struct editor *editor = cookie;

	for (int i = 0; i < EDITS && editor->status == STATUS_OK; i++) {
		char id[32];
		struct act act = { .booth = editor->booth,
				   .channel = editor->booth->channel,
				   .does = do_put };

		snprintf(id, sizeof id, "%d-%d", editor->number, i);
		act.queued = item(editor->booth, id, id);
		editor->status = store_write(editor->booth->music.store,
					     act_work, &act, &act.fault);
	}
	return NULL;
}

static void
several_editors_lose_nothing(void **state)
{
	struct booth *booth = *state;
	struct editor editors[EDITORS];
	int64_t version = look(booth).queue.version;
	struct look now;

	for (int i = 0; i < EDITORS; i++) {
		editors[i] = (struct editor){ .booth = booth, .number = i };
		pthread_create(&editors[i].thread, NULL, edit_loop,
			       &editors[i]);
	}
	for (int i = 0; i < EDITORS; i++) {
		pthread_join(editors[i].thread, NULL);
		assert_int_equal(editors[i].status, STATUS_OK);
	}
	now = look(booth);
	assert_int_equal(now.queue.count, EDITORS * EDITS);
	assert_int_equal(now.queue.version, version + EDITORS * EDITS);
	music_read(&booth->music, check_work, NULL);
}

static int
booth_set_up(void **state)
{
	struct booth *booth = mem_new(1, sizeof *booth);

	booth_open(booth, *state);
	*state = booth;
	return 0;
}

/* ---- secrets in rows ------------------------------------------------------ */

struct vault {
	struct booth *booth;
	struct seal *seal;
	struct secrets_found found;
	int64_t source;
	struct channel_push *pushes;
	size_t count;
	struct source_row row;
};

static enum status
vault_fill(struct store_session *session, void *cookie, struct fault *fault)
{
	struct vault *vault = cookie;
	struct channel_push push = { .channel_id = vault->booth->channel,
				     .kind = PUSH_RTMP,
				     .url = "rtmp://example.org/live",
				     .secret = "stream-key" };
	struct channel_push open = push;
	enum status status = channel_push_save(session, &push, fault);

	open.secret = NULL;
	if (status == STATUS_OK)
		status = channel_push_save(session, &open, fault);
	return status != STATUS_OK ?
		       status :
		       sources_add(session, "s3", "s3://music",
				   "{\"access_key\":\"ogma\",\"endpoint\":"
				   "\"http://s3\",\"secret_key\":"
				   "\"bucket-key\"}",
				   &vault->source, fault);
}

static enum status
vault_seal(struct store_session *session, void *cookie, struct fault *fault)
{
	struct vault *vault = cookie;
	struct arena *arena = &vault->booth->music.arena;
	enum status status = secrets_seal(session, vault->seal, &vault->found,
					  fault);

	if (status == STATUS_OK)
		status = sources_get(session, vault->source, arena,
				     &vault->row, fault);
	return status != STATUS_OK ?
		       status :
		       channel_pushes_list(session, vault->booth->channel,
					   arena, &vault->pushes,
					   &vault->count, fault);
}

static void
assert_seals(struct vault *vault, const char *secret, const char *old,
	     int64_t sealed, int64_t lost)
{
	const struct seal_args args = { .secret = secret, .old_secrets = old };
	struct store *store = vault->booth->music.store;
	struct fault fault = { 0 };

	assert_int_equal(seal_open(&args, &vault->seal, NULL), STATUS_OK);
	if (store_write(store, vault_seal, vault, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	assert_int_equal(vault->found.sealed, sealed);
	assert_int_equal(vault->found.lost, lost);
	assert_null(strstr(vault->row.config, "bucket-key"));
	assert_non_null(strstr(vault->row.config, "\"ogma\""));
	assert_int_equal(vault->count, 2);
	assert_null(strstr(vault->pushes[0].secret, "stream-key"));
	assert_null(vault->pushes[1].secret);
	seal_close(vault->seal);
}

static void
secrets_are_sealed_once_and_anew_by_a_new_key(void **state)
{
	struct vault vault = { .booth = *state };
	const struct seal_args last = { .secret = "the second secret" };
	struct fault fault = { 0 };
	const char *plain = NULL;

	if (store_write(vault.booth->music.store, vault_fill, &vault,
			&fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	assert_seals(&vault, "the first secret", "", 2, 0);
	assert_seals(&vault, "the first secret", "", 0, 0);
	assert_seals(&vault, "another secret", "", 0, 2);
	assert_seals(&vault, "the second secret", "the first secret", 2, 0);
	assert_int_equal(seal_open(&last, &vault.seal, NULL), STATUS_OK);
	assert_int_equal(seal_read(vault.seal, PUSH_SECRET,
				   vault.pushes[0].secret,
				   &vault.booth->music.arena, &plain, NULL),
			 STATUS_OK);
	assert_string_equal(plain, "stream-key");
	seal_close(vault.seal);
}

static int
booth_tear_down(void **state)
{
	struct booth *booth = *state;

	music_close(&booth->music);
	free(booth);
	return 0;
}

int
main(void)
{
#define ON(driver, scenario) \
	{ driver ": " #scenario, scenario, booth_set_up, booth_tear_down, \
	  (void *)(driver) }
#define ALL_ON(driver) \
	ON(driver, a_channel_takes_the_id_it_is_given), \
	ON(driver, items_stand_where_they_are_put), \
	ON(driver, an_item_moves_both_ways), \
	ON(driver, removing_and_clearing), \
	ON(driver, an_old_version_is_refused_and_changes_nothing), \
	ON(driver, a_hundred_items_are_the_most), \
	ON(driver, a_track_brings_its_title_and_length), \
	ON(driver, what_plays_leaves_the_queue_and_is_noted), \
	ON(driver, an_item_that_cannot_begin_is_noted_and_leaves), \
	ON(driver, a_run_begins_and_ends_with_its_reason), \
	ON(driver, settings_are_kept), \
	ON(driver, djs_are_kept_with_their_times), \
	ON(driver, a_dj_may_play_in_his_time_only), \
	ON(driver, what_was_taken_out_does_not_begin), \
	ON(driver, tracks_and_artists_are_remembered), \
	ON(driver, secrets_are_sealed_once_and_anew_by_a_new_key), \
	ON(driver, several_editors_lose_nothing)

	const struct CMUnitTest tests[] = {
		ALL_ON("sqlite"),
		ALL_ON("postgres"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
