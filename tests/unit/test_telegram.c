/* test_telegram.c - an account at Telegram (driver/telegram*.h) over a library
 * that stands in for Telegram's (tests/support/fake_tdjson.c): signing in, posts,
 * their files, and all that goes wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/ranged.h"
#include "driver/telegram_post.h"
#include "tests/support/folder.h"
#include "tests/support/media_files.h"

#define CHAT "-1001000000001"
#define PRIVATE_CHAT "-1001000000077"
#define LONG_BYTES 3500000
#define WAIT_MS 20000

static char data[64], song[256];
static struct telegram_settings settings;
static char *long_bytes;

/* ---- the world ---- */

static const char *
below(const char *name)
{
	static char path[512];

	snprintf(path, sizeof path, "%s/%s", data, name);
	return path;
}

/* The usual one, with more members, which replace those of the same name. */
static void
world_set(const char *more)
{
	struct buffer text;
	struct fault fault = { 0 };

	buffer_init(&text, 0);
	buffer_print(
		&text,
		"{\"phone\":\"+15550001\",\"code\":\"11111\","
		"\"password\":\"secret\",\"bot\":\"1:abc\","
		"\"chats\":{\"music\":" CHAT "},\"member\":[" PRIVATE_CHAT
		"],\"posts\":{"
		"\"" CHAT "/5\":{\"kind\":\"audio\",\"path\":\"%s\","
		"\"title\":\"Prelude\",\"performer\":\"Anna\",\"seconds\":12,"
		"\"mime\":\"audio/mpeg\",\"name\":\"a.mp3\",\"unique\":\"U5\"},"
		"\"" CHAT "/6\":{\"kind\":\"text\"},"
		"\"" CHAT "/7\":{\"kind\":\"audio\",\"path\":\"%s\","
		"\"unique\":\"U7\",\"protected\":true},"
		"\"" CHAT "/8\":{\"kind\":\"document\",\"path\":\"%s\","
		"\"name\":\"live.flac\",\"mime\":\"application/octet-stream\","
		"\"unique\":\"U8\"},"
		"\"" CHAT "/9\":{\"kind\":\"document\",\"path\":\"%s\","
		"\"name\":\"book.pdf\",\"mime\":\"application/pdf\","
		"\"unique\":\"U9\"},"
		"\"" PRIVATE_CHAT "/3\":{\"kind\":\"audio\",\"path\":\"%s\","
		"\"title\":\"Hidden\",\"unique\":\"U3\"}}%s%s}",
		song, song, song, song, song, *more == '\0' ? "" : ",",
		more);
	assert_int_equal(file_write(below("tg/world.json"),
				    (struct span){ text.bytes, text.length },
				    0600, &fault),
			 STATUS_OK);
	buffer_release(&text);
}

/* How often something was asked of the library. */
static unsigned
asked(const char *what)
{
	struct buffer text;
	unsigned count = 0;

	buffer_init(&text, 0);
	if (file_read(below("tg/asked"), 1 << 20, &text, NULL) == STATUS_OK) {
		for (const char *at = text.bytes; at != NULL;
		     at = strstr(at + 1, what))
			count += at != text.bytes ||
				 strncmp(at, what, strlen(what)) == 0;
	}
	buffer_release(&text);
	return count;
}

static struct telegram_args
args_of(bool signs_in)
{
	static char cache[300];

	snprintf(cache, sizeof cache, "%s/cache", data);
	return (struct telegram_args){ .settings = &settings,
				       .data_dir = data,
				       .cache_dir = cache,
				       .signs_in = signs_in };
}

static struct telegram *
account_open(bool signs_in)
{
	const struct telegram_args args = args_of(signs_in);
	struct telegram *telegram = NULL;
	struct fault fault = { 0 };

	if (telegram_open(&args, &telegram, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	return telegram;
}

static struct telegram_look
state_await(struct telegram *telegram, enum telegram_state state)
{
	struct telegram_look look;
	int64_t left_ms = WAIT_MS;

	telegram_look(telegram, &look);
	for (; look.state != state && left_ms > 0; left_ms -= 500)
		telegram_wait(telegram, look.serial, 500, &look);
	if (look.state != state)
		fail_msg("it is \"%s\" (%s), not \"%s\"",
			 telegram_state_name(look.state), look.reason,
			 telegram_state_name(state));
	return look;
}

/* As a session that somebody signed into before. */
static struct telegram *
account_ready(void)
{
	struct telegram *telegram;
	FILE *file;

	assert_int_equal(folder_make(below("tg/db"), NULL), STATUS_OK);
	file = fopen(below("tg/db/signed"), "w");
	assert_non_null(file);
	fclose(file);
	telegram = account_open(false);
	state_await(telegram, TELEGRAM_READY);
	return telegram;
}

static enum status
give(struct telegram *telegram, const char *type, const char *name,
     const char *value)
{
	struct fault fault = { 0 };

	return telegram_ask(telegram,
			    json_pack("{s:s,s:s}", "@type", type, name, value),
			    0, NULL, &fault);
}

static struct telegram_link
link_of(const char *text)
{
	struct telegram_link link = { 0 };

	assert_true(telegram_link_parse(span_of(text), &link));
	return link;
}

static enum status
post_status(struct telegram *telegram, const char *text, struct fault *fault)
{
	const struct telegram_link link = link_of(text);
	struct telegram_post post;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	*fault = (struct fault){ 0 };
	status = telegram_post_get(telegram, &link, &arena, &post, fault);
	arena_release(&arena);
	return status;
}

static int
post_open(struct telegram *telegram, const char *text)
{
	const struct telegram_link link = link_of(text);
	struct fault fault = { 0 };
	int fd = -1;

	if (telegram_post_open(telegram, &link, &fd, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	return fd;
}

static int
begin(void **state)
{
	(void)state;
	test_folder_make(data);
	assert_int_equal(folder_make(below("tg"), NULL), STATUS_OK);
	settings = (struct telegram_settings){
		.api_id = 12345,
		.api_hash = "0123456789abcdef",
		.session = "tg",
		.library = getenv("TELEGRAM_LIBRARY"),
		.program = getenv("TELEGRAM_PROGRAM"),
		.cache_bytes = 64 << 20,
		.timeout_ms = 10000,
	};
	world_set("");
	return 0;
}

static int
end(void **state)
{
	(void)state;
	test_folder_remove(data);
	return 0;
}

/* ---- addresses ---- */

static void
addresses_of_posts_are_read(void **state)
{
	static const struct {
		const char *text, *name;
		int64_t channel, post;
	} rows[] = {
		{ "https://t.me/Music_1/123", "music_1", 0, 123 },
		{ "http://t.me/music/1?single", "music", 0, 1 },
		{ "t.me/s/music/45", "music", 0, 45 },
		{ " https://www.telegram.me/music/45/ ", "music", 0, 45 },
		{ "https://telegram.dog/music/7/45#x", "music", 0, 45 },
		{ "https://music.t.me/45", "music", 0, 45 },
		{ "https://t.me/c/1234567/89", "", 1234567, 89 },
		{ "https://t.me/c/1234567/7/89?thread=7", "", 1234567, 89 },
		{ "tg://resolve?domain=Music&post=9", "music", 0, 9 },
		{ "tg:resolve?post=9&x=1&domain=music", "music", 0, 9 },
		{ "tg://privatepost?channel=1234567&post=89", "", 1234567,
		  89 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct telegram_link link = { 0 };

		if (!telegram_link_parse(span_of(rows[i].text), &link))
			fail_msg("%s is not read", rows[i].text);
		assert_string_equal(link.name, rows[i].name);
		assert_int_equal(link.channel, rows[i].channel);
		assert_int_equal(link.post, rows[i].post);
	}
}

static void
other_addresses_are_refused(void **state)
{
	static const char *const rows[] = {
		"", "t.me", "https://t.me/", "https://t.me/music",
		"https://t.me/music/", "https://t.me/music/0",
		"https://t.me/music/-1", "https://t.me/music/2147483648",
		"https://t.me/mus/1", "https://t.me/1music/1",
		"https://t.me/mu%73ic/1", "https://t.me/music/1/2/3",
		"https://t.me/c/1234567", "https://t.me/c/x/1",
		"https://t.me/joinchat/abcdef", "https://t.me/+abcdef/1",
		"https://t.me.example.org/music/1", "https://xt.me/music/1",
		"https://example.org/?t.me/music/1", "ftp://t.me/music/1",
		"tg://resolve?domain=music", "tg://login?token=x",
		"https://user@t.me/music/1", "https://t.me:8080/music/1",
		"https://t.me/averyveryveryverylongnameofachannel/1",
		"tg://privatepost?channel=9999999999999&post=1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct telegram_link link;

		if (telegram_link_parse(span_of(rows[i]), &link))
			fail_msg("%s is read", rows[i]);
	}
}

/* ---- signing in ---- */

static void
who_signs_in_beside_a_server_is_taken_up_by_it(void **state)
{
	struct telegram *server = account_open(false), *hand;
	struct telegram_look look;
	struct fault fault;
	struct stat facts;

	(void)state;
	state_await(server, TELEGRAM_NOT_LOGGED_IN);
	assert_int_equal(telegram_check(server, &fault), STATUS_UNAVAILABLE);
	hand = account_open(true);
	state_await(hand, TELEGRAM_WAITS_PHONE);
	assert_int_equal(give(hand, "setAuthenticationPhoneNumber",
			      "phone_number", "+1"), STATUS_INVALID);
	assert_int_equal(give(hand, "setAuthenticationPhoneNumber",
			      "phone_number", "+15550001"), STATUS_OK);
	state_await(hand, TELEGRAM_WAITS_CODE);
	assert_int_equal(give(hand, "checkAuthenticationCode", "code", "2"),
			 STATUS_INVALID);
	assert_int_equal(give(hand, "checkAuthenticationCode", "code",
			      "11111"), STATUS_OK);
	look = state_await(hand, TELEGRAM_WAITS_PASSWORD);
	assert_string_equal(look.hint, "the usual");
	assert_int_equal(give(hand, "checkAuthenticationPassword", "password",
			      "secret"), STATUS_OK);
	look = state_await(hand, TELEGRAM_READY);
	assert_string_equal(look.account, "@ogma_tester");
	telegram_close(hand);
	look = state_await(server, TELEGRAM_READY);
	assert_string_equal(look.account, "@ogma_tester");
	assert_string_equal(look.version, "1.8.65");
	assert_int_equal(stat(below("tg"), &facts), 0);
	assert_int_equal(facts.st_mode & 0777, 0700);
	telegram_close(server);
}

static void
a_bot_signs_in_with_its_token(void **state)
{
	struct telegram *hand = account_open(true);

	(void)state;
	state_await(hand, TELEGRAM_WAITS_PHONE);
	assert_int_equal(give(hand, "checkAuthenticationBotToken", "token",
			      "1:abd"), STATUS_INVALID);
	assert_int_equal(give(hand, "checkAuthenticationBotToken", "token",
			      "1:abc"), STATUS_OK);
	state_await(hand, TELEGRAM_READY);
	telegram_close(hand);
}

static void
signing_out_is_done_by_whoever_has_the_session(void **state)
{
	const struct telegram_args args = args_of(false);
	struct telegram *server = account_ready();
	struct fault fault = { 0 };
	char account[160];

	(void)state;
	assert_true(telegram_account(&args, account));
	assert_int_equal(telegram_sign_out(&args, &fault), STATUS_OK);
	state_await(server, TELEGRAM_NOT_LOGGED_IN);
	assert_false(telegram_account(&args, account));
	telegram_close(server);
	telegram_close(account_ready());
	assert_true(telegram_account(&args, account));
	assert_int_equal(telegram_sign_out(&args, &fault), STATUS_OK);
	assert_false(telegram_account(&args, account));
	assert_int_equal(access(below("tg/db/signed"), F_OK), -1);
}

static void
what_keeps_the_library_from_running_is_told(void **state)
{
	struct telegram *telegram;
	struct telegram_look look;
	struct fault fault = { 0 };
	char version[32];

	(void)state;
	settings.api_hash = "wrong";
	telegram = account_open(false);
	look = state_await(telegram, TELEGRAM_BROKEN);
	assert_non_null(strstr(look.reason, "API_ID_INVALID"));
	telegram_close(telegram);
	settings.library = "/nonexistent/libtdjson.so";
	telegram = account_open(false);
	look = state_await(telegram, TELEGRAM_NO_LIBRARY);
	assert_non_null(strstr(look.reason, "/nonexistent/libtdjson.so"));
	telegram_close(telegram);
	assert_int_equal(telegram_version(&settings, version, &fault),
			 STATUS_NOT_FOUND);
	settings.api_id = 0;
	assert_int_equal(telegram_open(&(struct telegram_args){
					       .settings = &settings },
				       &telegram, &fault), STATUS_OK);
	assert_null(telegram);
	assert_int_equal(telegram_check(NULL, &fault), STATUS_UNSUPPORTED);
}

/* ---- posts ---- */

static void
a_post_tells_what_it_plays(void **state)
{
	const struct telegram_link link = link_of("https://t.me/Music/5");
	struct telegram *telegram = account_ready();
	struct telegram_post post;
	struct fault fault = { 0 };
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (int i = 0; i < 3; i++)
		assert_int_equal(telegram_post_get(telegram, &link, &arena,
						   &post, &fault), STATUS_OK);
	assert_string_equal(post.title, "Prelude");
	assert_string_equal(post.performer, "Anna");
	assert_int_equal(post.duration_ms, 12000);
	assert_int_equal(post.size_bytes, LONG_BYTES);
	assert_int_equal(asked("searchPublicChat music"), 1);
	arena_release(&arena);
	telegram_close(telegram);
}

static void
posts_without_sound_or_not_for_us_are_told_apart(void **state)
{
	static const struct {
		const char *text;
		enum status status;
	} rows[] = {
		{ "https://t.me/music/5", STATUS_OK },
		{ "https://t.me/music/6", STATUS_UNSUPPORTED },
		{ "https://t.me/music/7", STATUS_DENIED },
		{ "https://t.me/music/8", STATUS_OK }, /* .flac as a file */
		{ "https://t.me/music/9", STATUS_UNSUPPORTED },
		{ "https://t.me/music/10", STATUS_NOT_FOUND },
		{ "https://t.me/nobody/1", STATUS_NOT_FOUND },
		{ "https://t.me/c/1000000077/3", STATUS_OK },
		{ "https://t.me/c/1000000078/3", STATUS_NOT_FOUND },
	};
	struct telegram *telegram = account_ready();
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		enum status status =
			post_status(telegram, rows[i].text, &fault);

		if (status != rows[i].status)
			fail_msg("%s: %s, %s", rows[i].text,
				 status_name(status), fault.message);
	}
	assert_int_equal(post_status(telegram, "t.me/nobody/2", &fault),
			 STATUS_NOT_FOUND);
	assert_int_equal(asked("searchPublicChat nobody"), 1);
	telegram_close(telegram);
}

static void
after_a_flood_telegram_is_left_alone(void **state)
{
	struct telegram *telegram = account_ready();
	struct fault fault;
	unsigned before;

	(void)state;
	world_set("\"flood\":3600");
	assert_int_equal(post_status(telegram, "t.me/music/5", &fault),
			 STATUS_AGAIN_LATER);
	assert_non_null(strstr(fault.message, "3600 s"));
	world_set("");
	before = asked("searchPublicChat") + asked("getMessage");
	for (int i = 0; i < 5; i++)
		assert_int_equal(post_status(telegram, "t.me/music/5", &fault),
				 STATUS_AGAIN_LATER);
	assert_int_equal(asked("searchPublicChat") + asked("getMessage"),
			 before);
	telegram_close(telegram);
}

static void
only_so_many_names_are_asked_for_a_day(void **state)
{
	struct telegram *telegram = account_ready();
	struct fault fault;
	char text[64];

	(void)state;
	for (int i = 0; i < 200; i++) {
		snprintf(text, sizeof text, "t.me/nobody_%d/1", i);
		assert_int_equal(post_status(telegram, text, &fault),
				 STATUS_NOT_FOUND);
	}
	assert_int_equal(post_status(telegram, "t.me/nobody_200/1", &fault),
			 STATUS_AGAIN_LATER);
	assert_int_equal(post_status(telegram, "t.me/nobody_1/1", &fault),
			 STATUS_NOT_FOUND);
	assert_int_equal(asked("searchPublicChat"), 200);
	/* private ones have no names */
	assert_int_equal(post_status(telegram, "t.me/c/1000000077/3", &fault),
			 STATUS_OK);
	telegram_close(telegram);
}

static void
telegram_that_never_answers_holds_nobody_up(void **state)
{
	struct telegram *telegram;
	struct fault fault;

	(void)state;
	settings.timeout_ms = 300;
	telegram = account_ready();
	world_set("\"deaf\":true");
	assert_int_equal(post_status(telegram, "t.me/music/5", &fault),
			 STATUS_TIMED_OUT);
	telegram_close(telegram);
}

static void
without_a_network_that_is_told_at_once(void **state)
{
	struct telegram *telegram;
	struct fault fault = { 0 };

	(void)state;
	world_set("\"offline\":true");
	telegram = account_ready();
	assert_int_equal(telegram_check(telegram, &fault), STATUS_OK);
	assert_int_equal(telegram_reach(telegram, &fault),
			 STATUS_UNAVAILABLE);
	telegram_close(telegram);
}

/* ---- files ---- */

static void
whole_file_read(int fd)
{
	struct ranged_file file;
	struct fault fault = { 0 };
	char *room = mem_new(LONG_BYTES, 1);

	assert_int_equal(ranged_open(fd, &file, &fault), STATUS_OK);
	assert_int_equal(file.size_bytes, LONG_BYTES);
	if (ranged_read_all(&file, room, LONG_BYTES, 0) != LONG_BYTES) {
		ranged_fault(fd, &fault);
		fail_msg("not all could be read: %s", fault.message);
	}
	assert_memory_equal(room, long_bytes, LONG_BYTES);
	free(room);
}

static void
a_post_is_a_file_that_is_read_in_windows(void **state)
{
	struct telegram *telegram = account_ready();
	int fd = post_open(telegram, "https://t.me/music/5");
	struct ranged_file file;
	struct fault fault = { 0 };
	char room[1000];
	unsigned windows;

	(void)state;
	assert_int_equal(ranged_open(fd, &file, &fault), STATUS_OK);
	assert_int_equal(ranged_read_all(&file, room, sizeof room,
					 LONG_BYTES - sizeof room),
			 sizeof room);
	assert_memory_equal(room, long_bytes + LONG_BYTES - sizeof room,
			    sizeof room);
	assert_int_equal(asked("window U5 "), 1);
	assert_int_equal(asked("window U5 3145728 354272"), 1);
	whole_file_read(fd);
	assert_int_equal(asked("window U5 0 1048576") +
				 asked("window U5 1048576 1048576") +
				 asked("window U5 2097152 1048576") +
				 asked("window U5 3145728 354272"),
			 asked("window U5 "));
	windows = asked("window U5 ");
	close(fd);
	fd = post_open(telegram, "https://t.me/music/5");
	whole_file_read(fd);
	assert_int_equal(asked("window U5 "), windows);
	close(fd);
	telegram_close(telegram);
}

static void
a_post_is_waited_for_while_the_library_begins(void **state)
{
	struct telegram *telegram;
	int fd;

	(void)state;
	telegram_close(account_ready());
	telegram = account_open(false);
	fd = post_open(telegram, "https://t.me/music/5");
	whole_file_read(fd);
	close(fd);
	telegram_close(telegram);
}

static void *
reader_run(void *cookie)
{
	whole_file_read(*(int *)cookie);
	return NULL;
}

static void
several_read_one_file_at_different_places(void **state)
{
	struct telegram *telegram = account_ready();
	int fds[3];
	pthread_t threads[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		fds[i] = post_open(telegram, "https://t.me/music/5");
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, reader_run,
						&fds[i]), 0);
	for (int i = 0; i < 3; i++) {
		pthread_join(threads[i], NULL);
		close(fds[i]);
	}
	telegram_close(telegram);
}

static void
a_window_that_is_cancelled_is_asked_for_again(void **state)
{
	struct telegram *telegram;
	int fd;

	(void)state;
	world_set("\"stops\":8"); /* of 16 parts */
	telegram = account_ready();
	fd = post_open(telegram, "https://t.me/music/5");
	whole_file_read(fd);
	close(fd);
	telegram_close(telegram);
}

/* Its answer may be overtaken by what is told of the file. */
static void
a_post_is_not_believed_that_its_file_is_on_its_way(void **state)
{
	struct telegram *telegram;
	int fd;

	(void)state;
	settings.timeout_ms = 300;
	world_set("\"stale\":true");
	telegram = account_ready();
	fd = post_open(telegram, "https://t.me/music/5");
	whole_file_read(fd);
	close(fd);
	telegram_close(telegram);
}

static void
a_file_of_which_nothing_comes_is_given_up(void **state)
{
	struct telegram *telegram;
	struct ranged_file file;
	struct fault fault = { 0 };
	char byte;
	int fd;

	(void)state;
	settings.timeout_ms = 300;
	world_set("\"stalled\":true");
	telegram = account_ready();
	fd = post_open(telegram, "https://t.me/music/5");
	assert_int_equal(ranged_open(fd, &file, &fault), STATUS_OK);
	assert_int_equal(ranged_read(&file, &byte, 1, 0), -1);
	assert_int_equal(ranged_fault(fd, &fault), STATUS_TIMED_OUT);
	close(fd);
	telegram_close(telegram); /* which waits for all that was told */
	assert_int_equal(asked("cancelDownloadFile"), 1);
}

static void
a_helper_that_is_killed_costs_a_pause(void **state)
{
	struct telegram *telegram = account_ready();
	int fd = post_open(telegram, "https://t.me/music/5");
	struct telegram_look look;
	struct ranged_file file;
	struct fault fault = { 0 };
	char byte;

	(void)state;
	assert_int_equal(ranged_open(fd, &file, &fault), STATUS_OK);
	assert_int_equal(ranged_read(&file, &byte, 1, 0), 1);
	telegram_look(telegram, &look);
	assert_int_equal(media_kill_all(SIGKILL), 1);
	telegram_wait(telegram, look.serial, WAIT_MS, &look);
	whole_file_read(fd);
	state_await(telegram, TELEGRAM_READY);
	close(fd);
	telegram_close(telegram);
}

static void
a_post_that_got_another_file_is_not_mixed_with_it(void **state)
{
	struct telegram *telegram = account_ready();
	int fd = post_open(telegram, "https://t.me/music/5");
	struct telegram_look look;
	struct ranged_file file;
	struct fault fault = { 0 };
	char byte;

	(void)state;
	assert_int_equal(ranged_open(fd, &file, &fault), STATUS_OK);
	telegram_look(telegram, &look);
	world_set("\"posts\":{}");
	media_kill_all(SIGKILL);
	telegram_wait(telegram, look.serial, WAIT_MS, &look);
	assert_int_equal(ranged_read(&file, &byte, 1, 0), -1);
	close(fd);
	telegram_close(telegram);
}

/* A file without any pattern. */
static int
all_begin(void **state)
{
	unsigned noise = 1;
	struct buffer bytes;

	(void)state;
	media_files_begin();
	buffer_init(&bytes, 0);
	for (size_t i = 0; i < LONG_BYTES; i++) {
		noise = noise * 1664525 + 1013904223;
		buffer_add_char(&bytes, (char)(noise >> 24));
	}
	snprintf(song, sizeof song, "%s", media_write("song", &bytes));
	long_bytes = buffer_take(&bytes, NULL);
	return 0;
}

static int
all_end(void **state)
{
	(void)state;
	free(long_bytes);
	media_files_end();
	return 0;
}

#define SCENARIO(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_of_posts_are_read),
		cmocka_unit_test(other_addresses_are_refused),
		SCENARIO(who_signs_in_beside_a_server_is_taken_up_by_it),
		SCENARIO(a_bot_signs_in_with_its_token),
		SCENARIO(signing_out_is_done_by_whoever_has_the_session),
		SCENARIO(what_keeps_the_library_from_running_is_told),
		SCENARIO(a_post_tells_what_it_plays),
		SCENARIO(posts_without_sound_or_not_for_us_are_told_apart),
		SCENARIO(after_a_flood_telegram_is_left_alone),
		SCENARIO(only_so_many_names_are_asked_for_a_day),
		SCENARIO(telegram_that_never_answers_holds_nobody_up),
		SCENARIO(without_a_network_that_is_told_at_once),
		SCENARIO(a_post_is_waited_for_while_the_library_begins),
		SCENARIO(a_post_is_a_file_that_is_read_in_windows),
		SCENARIO(several_read_one_file_at_different_places),
		SCENARIO(a_window_that_is_cancelled_is_asked_for_again),
		SCENARIO(a_post_is_not_believed_that_its_file_is_on_its_way),
		SCENARIO(a_file_of_which_nothing_comes_is_given_up),
		SCENARIO(a_helper_that_is_killed_costs_a_pause),
		SCENARIO(a_post_that_got_another_file_is_not_mixed_with_it),
	};

	return cmocka_run_group_tests(tests, all_begin, all_end);
}
