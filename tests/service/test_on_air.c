/* test_on_air.c - DJs who come and go on a channel that is on the air. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "library/channels.h"
#include "service/on_air_private.h"
#include "tests/support/folder.h"
#include "tests/support/media_files.h"
#include "tests/support/music.h"

#define TRIES 2000

struct studio {
	struct music music;
	struct media_pool *pool;
	struct live_hub *hub;
	struct on_air *on_air;
	struct station_settings settings;
	char folder[64];
	int64_t channel;
};

static enum status
channel_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct channel_settings settings = { .title = "Air" };
	struct studio *studio = cookie;
	bool changed;
	enum status status = channels_add(session, 0, &settings,
					  &studio->channel, fault);

	return status != STATUS_OK ? status :
				     channels_start(session, studio->channel,
						    &changed, fault);
}

static int
set_up(void **state)
{
	struct studio *studio = mem_new(1, sizeof *studio);
	struct on_air_args args = { .settings = &studio->settings };
	struct fault fault = { 0 };

	media_files_begin();
	music_open(&studio->music, "sqlite");
	test_folder_make(studio->folder);
	studio->settings.placeholder_path = "";
	args.store = studio->music.store;
	args.media = studio->pool = media_pool_make(1);
	args.hub = studio->hub = live_hub_new();
	args.data_dir = studio->folder;
	if (store_write(args.store, channel_work, studio, &fault) !=
		    STATUS_OK ||
	    on_air_open(&args, &studio->on_air, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	*state = studio;
	return 0;
}

static int
tear_down(void **state)
{
	struct studio *studio = *state;

	on_air_close(studio->on_air);
	on_air_free(studio->on_air);
	live_hub_free(studio->hub);
	media_pool_close(studio->pool);
	test_folder_remove(studio->folder);
	music_close(&studio->music);
	media_files_end();
	free(studio);
	return 0;
}

/* He says nothing: `fd` is his end. */
static uint64_t
dj_begins(struct studio *studio, const char *name, int *fd)
{
	struct on_air_live live = { .name = name, .hint = "pcm" };
	struct fault fault = { 0 };
	uint64_t session = 0;
	int pair[2];

	assert_int_equal(pipe2(pair, O_CLOEXEC), 0);
	live.fd = pair[0];
	*fd = pair[1];
	if (on_air_live_begin(studio->on_air, studio->channel, &live, &session,
			      &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	assert_true(session != 0);
	return session;
}

static void
expect_dj(struct studio *studio, const char *name, uint64_t session)
{
	struct on_air_view view = { 0 };

	for (int i = 0; i < TRIES; i++) {
		assert_true(on_air_look(studio->on_air, studio->channel,
					&view));
		if (strcmp(view.dj, name) == 0)
			break;
		usleep(5000);
	}
	assert_string_equal(view.dj, name);
	assert_int_equal(view.live_session, session);
}

static int64_t
open_plays(struct studio *studio)
{
	return music_number(&studio->music,
			    "select count(*) from channel_history "
			    "where channel_id = $1 and ended_at is null",
			    studio->channel);
}

static void
what_is_told_late_of_a_dj_leaves_the_next_one_live(void **state)
{
	struct studio *studio = *state;
	struct aired *one;
	uint64_t ann, bob;
	int fds[2];

	ann = dj_begins(studio, "ann", &fds[0]);
	expect_dj(studio, "ann", ann);
	close(fds[0]); /* her program is gone */
	expect_dj(studio, "", 0);
	bob = dj_begins(studio, "bob", &fds[1]);
	assert_true(bob != ann);
	on_air_live_end(studio->on_air, studio->channel, ann);
	one = aired_find(studio->on_air, studio->channel);
	air_live_ended(one, ann, NULL);
	expect_dj(studio, "bob", bob);
	assert_int_equal(open_plays(studio), 1);
	air_live_ended(one, bob, NULL);
	expect_dj(studio, "", 0);
	assert_int_equal(open_plays(studio), 0);
	close(fds[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_is_told_late_of_a_dj_leaves_the_next_one_live,
			set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
