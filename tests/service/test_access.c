/* test_access.c - signing in, being recognised, and leaving; on both stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/password.h"
#include "library/audit.h"
#include "service/access.h"
#include "service/account.h"
#include "service/limits.h"
#include "service/people.h"
#include "service/sign_in.h"
#include "tests/support/music.h"

#define PASSWORD "correct horse battery"

struct house {
	struct music music; /* a store with a catalogue, an arena */
	struct store *store;
	struct arena *arena;
	struct limits *limits;
	struct access *access;
};

static const struct access_settings settings = {
	.registration = "invitation",
	.public_url = "",
	.jwt_secret = "a secret of thirty-two bytes or more",
	.secret_key = "",
	.admin_key = "",
	.old_secrets = "",
	.jwt_issuer = "ogma",
	.jwt_audience = "ogma",
	.jwt_skew_seconds = 60,
	.access_minutes = 15,
	.refresh_days = 30,
	.password_threads = 1,
	.password_queue_max = 10,
	.proxy_field = "",
	.proxy_addresses = "",
	.telegram_bot_token = "",
};

static int
house_open(void **state)
{
	const struct limits_settings limits = { .exempt = "", .login = 5 };
	struct house *house = mem_new(1, sizeof *house);
	struct access_args args = { .settings = &settings };
	struct fault fault = { 0 };

	music_open(&house->music, *state);
	house->store = house->music.store;
	house->arena = &house->music.arena;
	assert_int_equal(limits_open(&limits, &house->limits, &fault),
			 STATUS_OK);
	args.store = house->store;
	args.limits = house->limits;
	if (access_open(&args, &house->access, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	*state = house;
	return 0;
}

static int
house_close(void **state)
{
	struct house *house = *state;

	access_close(house->access);
	limits_close(house->limits);
	music_close(&house->music);
	free(house);
	return 0;
}

struct adding {
	struct user_draft draft;
	int64_t id;
};

static enum status
add_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct adding *adding = cookie;

	return users_add(session, &adding->draft, &adding->id, fault);
}

static int64_t
add_user(struct house *house, const char *name, const char *role,
	 const char *hash)
{
	char made[PASSWORD_HASH_BYTES];
	struct adding adding = { { .username = name,
				   .role = role,
				   .password_hash = hash },
				 0 };
	struct fault fault = { 0 };

	if (hash == NULL) {
		assert_int_equal(password_hash(PASSWORD, made, &fault),
				 STATUS_OK);
		adding.draft.password_hash = made;
	}
	if (store_write(house->store, add_work, &adding, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	return adding.id;
}

static const struct sign_in_client client = { .address = "192.0.2.1",
					      .user_agent = "test" };

static enum status
sign_in(struct house *house, const char *name, const char *password,
	struct signed_in *out)
{
	struct fault fault = { 0 };

	return sign_in_password(house->access, &client, name, password,
				house->arena, out, &fault);
}

static enum status
recognise(struct access *access, struct arena *arena, const char *token,
	  struct caller *out)
{
	struct credentials credentials = {
		.authorization =
			span_of(arena_print(arena, "Bearer %s", token)),
		.address = "192.0.2.1",
	};
	struct fault fault = { 0 };

	return access_identify(access, &credentials, arena, out, &fault);
}

/* ---- passwords ------------------------------------------------------------ */

struct hash_read {
	int64_t id;
	struct arena *arena;
	const char *hash;
};

static enum status
hash_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct hash_read *read = cookie;

	return users_password_hash(session, read->id, read->arena,
				   &read->hash, fault);
}

static void
a_hash_of_an_older_system_is_accepted_and_replaced(void **state)
{
	struct house *house = *state;
	struct hash_read read = { .arena = house->arena };
	struct fault fault = { 0 };
	struct signed_in out;

	/* of "U*U*", from the test vectors of crypt_blowfish */
	read.id = add_user(house, "anna", "user",
			   "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7p"
			   "LYAy0lwK");
	assert_int_equal(sign_in(house, "anna", "U*U", &out),
			 STATUS_UNAUTHENTICATED);
	/* Too short for a new one: it stays as it is, and still works. */
	assert_int_equal(sign_in(house, "anna", "U*U*", &out), STATUS_OK);
	/* of "correct horse" */
	read.id = add_user(house, "boris", "user",
			   "$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLU"
			   "TJO3lOy2");
	assert_int_equal(sign_in(house, "boris", "correct horse", &out),
			 STATUS_OK);
	assert_int_equal(store_read(house->store, hash_work, &read, &fault),
			 STATUS_OK);
	assert_int_equal(strncmp(read.hash, "$argon2id$", 10), 0);
	assert_int_equal(sign_in(house, "boris", "correct horse", &out),
			 STATUS_OK);
}

static void
a_name_that_nobody_has_is_limited_as_others_are(void **state)
{
	static const char *const names[] = { "anna", "nobody" };
	struct house *house = *state;
	struct signed_in out;

	add_user(house, "anna", "user", NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		for (int k = 0; k < 5; k++)
			assert_int_equal(sign_in(house, names[i], "guess",
						 &out),
					 STATUS_UNAUTHENTICATED);
		assert_int_equal(sign_in(house, names[i], "guess", &out),
				 STATUS_AGAIN_LATER);
		assert_in_range(out.retry_after_seconds, 1, 12);
	}
}

static void
who_signs_in_well_many_times_is_not_limited(void **state)
{
	struct house *house = *state;
	struct signed_in out;

	add_user(house, "anna", "user", NULL);
	for (int i = 0; i < 8; i++)
		assert_int_equal(sign_in(house, "anna", PASSWORD, &out),
				 STATUS_OK);
}

/* ---- being recognised ----------------------------------------------------- */

static struct caller
admin_of(struct house *house)
{
	return (struct caller){ .user_id = add_user(house, "boss", "admin",
						    NULL),
				.role = USER_ROLE_ADMIN,
				.username = "boss",
				.address = "192.0.2.9" };
}

static void
a_blocked_or_demoted_person_loses_it_at_once(void **state)
{
	struct house *house = *state;
	struct caller admin = admin_of(house), caller;
	int64_t id = add_user(house, "anna", "moderator", NULL);
	struct user_change change = { .bits = USER_CHANGE_ROLE,
				      .role = "user" };
	struct fault fault = { 0 };
	struct signed_in out;
	struct user user;

	assert_int_equal(sign_in(house, "anna", PASSWORD, &out), STATUS_OK);
	assert_int_equal(recognise(house->access, house->arena,
				   out.access_token, &caller),
			 STATUS_OK);
	assert_int_equal(caller.role, USER_ROLE_MODERATOR);
	assert_int_equal(people_change(house->access, &admin, id, &change,
				       house->arena, &user, &fault),
			 STATUS_OK);
	assert_int_equal(recognise(house->access, house->arena,
				   out.access_token, &caller),
			 STATUS_OK);
	assert_int_equal(caller.role, USER_ROLE_USER);
	change = (struct user_change){ .bits = USER_CHANGE_STATUS,
				       .status = "blocked" };
	assert_int_equal(people_change(house->access, &admin, id, &change,
				       house->arena, &user, &fault),
			 STATUS_OK);
	assert_int_equal(recognise(house->access, house->arena,
				   out.access_token, &caller),
			 STATUS_UNAUTHENTICATED);
}

/* As `ogma user` or another server on the same store would: nobody tells us, so
 * the cache has to forget by itself. */
static void
a_change_by_another_process_is_seen_soon(void **state)
{
	struct house *house = *state;
	struct access_args args = { .settings = &settings };
	struct access *other;
	struct caller admin = admin_of(house), caller;
	int64_t id = add_user(house, "anna", "user", NULL);
	const struct user_change change = { .bits = USER_CHANGE_ACTIVE };
	struct fault fault = { 0 };
	struct signed_in out;
	struct user user;
	int looks = 0;

	args.store = house->store;
	args.limits = house->limits;
	assert_int_equal(access_open(&args, &other, &fault), STATUS_OK);
	assert_int_equal(sign_in(house, "anna", PASSWORD, &out), STATUS_OK);
	/* The key is shared, so what one signed the other believes. */
	assert_int_equal(recognise(other, house->arena, out.access_token,
				   &caller),
			 STATUS_OK);
	assert_int_equal(people_change(house->access, &admin, id, &change,
				       house->arena, &user, &fault),
			 STATUS_OK);
	while (recognise(other, house->arena, out.access_token, &caller) ==
		       STATUS_OK &&
	       looks++ < 1000)
		usleep(10000);
	assert_true(looks < 1000);
	access_close(other);
}

struct storm {
	struct house *house;
	const char *token;
	int failures;
};

static void *
storm_run(void *cookie)
{
	struct storm *storm = cookie;
	struct arena arena;
	struct caller caller;

	arena_init(&arena);
	for (int i = 0; i < 500; i++) {
		arena_reset(&arena);
		if (recognise(storm->house->access, &arena, storm->token,
			      &caller) != STATUS_OK)
			storm->failures++;
	}
	arena_release(&arena);
	return NULL;
}

/* Forgetting while others look: nothing old comes back afterwards. */
static void
what_was_forgotten_does_not_come_back(void **state)
{
	struct house *house = *state;
	struct caller admin = admin_of(house), caller;
	int64_t id = add_user(house, "anna", "user", NULL);
	const struct user_change change = { .bits = USER_CHANGE_STATUS,
					    .status = "blocked" };
	struct storm storms[4];
	pthread_t threads[4];
	struct fault fault = { 0 };
	struct signed_in out;
	struct user user;

	assert_int_equal(sign_in(house, "anna", PASSWORD, &out), STATUS_OK);
	for (int i = 0; i < 4; i++) {
		storms[i] = (struct storm){ house, out.access_token, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, storm_run,
						&storms[i]),
				 0);
	}
	assert_int_equal(people_change(house->access, &admin, id, &change,
				       house->arena, &user, &fault),
			 STATUS_OK);
	assert_int_equal(recognise(house->access, house->arena,
				   out.access_token, &caller),
			 STATUS_UNAUTHENTICATED);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(recognise(house->access, house->arena,
				   out.access_token, &caller),
			 STATUS_UNAUTHENTICATED);
}

/* ---- the record ----------------------------------------------------------- */

static void
a_change_that_is_refused_leaves_no_row_behind(void **state)
{
	struct house *house = *state;
	struct caller admin = admin_of(house);
	int64_t id = add_user(house, "anna", "superadmin", NULL);
	const struct user_change change = { .bits = USER_CHANGE_ROLE,
					    .role = "user" };
	struct fault fault = { 0 };
	struct user user;

	assert_int_equal(people_change(house->access, &admin, id, &change,
				       house->arena, &user, &fault),
			 STATUS_DENIED);
	admin.role = USER_ROLE_SUPERADMIN;
	assert_int_equal(people_change(house->access, &admin, id, &change,
				       house->arena, &user, &fault),
			 STATUS_CONFLICT);
	assert_int_equal(music_number(&house->music,
				      "select count(*) from admin_audit_logs "
				      "where model_id = $1",
				      id),
			 0);
}

/* ---- leaving -------------------------------------------------------------- */

static enum status
things_work(struct store_session *session, void *cookie, struct fault *fault)
{
	static const char *const statements[] = {
		"insert into playlists (owner_id, title, title_key, visibility, "
		"version, track_count, hidden_count, duration_ms, play_count, "
		"created_at, updated_at) select $1, 'Mine', $2, 0, 1, 0, 0, 0, "
		"0, 1, 1 from users where id = $1",
		"insert into favorites (user_id, kind, entity_id, created_at) "
		"select $1, 1, 1, length($2) from users where id = $1",
		"insert into ratings (user_id, kind, entity_id, rating, "
		"updated_at) select $1, 1, 1, 5, length($2) from users where "
		"id = $1",
	};
	const int64_t *id = cookie;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < ARRAY_LENGTH(statements) && status == STATUS_OK;
	     i++)
		status = sql_exec(session, statements[i],
				  SQL_ARGS(SQL_INT(*id), sql_bytes("m", 1)),
				  NULL, fault);
	if (status == STATUS_OK)
		status = sql_exec(session,
				  "update totals set value = value + 1 "
				  "where key = 'playlists'",
				  SQL_NO_ARGS, NULL, fault);
	return status;
}

static void
who_leaves_takes_everything_along(void **state)
{
	static const char *const counts[] = {
		"select count(*) from sessions where user_id = $1",
		"select count(*) from api_keys where user_id = $1",
		"select count(*) from playlists where owner_id = $1",
		"select count(*) from favorites where user_id = $1",
		"select count(*) from ratings where user_id = $1",
		"select count(*) from users where id = $1 and "
		"(email is not null or full_name is not null or "
		"password_hash is not null or username_key = 'anna')",
	};
	struct house *house = *state;
	int64_t id = add_user(house, "anna", "user", NULL);
	struct api_key key = { .user_id = id, .name = "phone", .scopes = 1 };
	struct caller caller;
	struct fault fault = { 0 };
	struct signed_in out;
	struct buffer export;
	const char *text;
	json_t *all = NULL;

	assert_int_equal(sign_in(house, "anna", PASSWORD, &out), STATUS_OK);
	assert_int_equal(recognise(house->access, house->arena,
				   out.access_token, &caller),
			 STATUS_OK);
	if (account_key_add(house->access, &key, house->arena, &text,
			    &fault) != STATUS_OK ||
	    store_write(house->store, things_work, &id, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	buffer_init(&export, 0);
	if (account_export(house->access, NULL, id, &export, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	assert_int_equal(json_parse(export.bytes, export.length, &all, &fault),
			 STATUS_OK);
	assert_string_equal(json_string_value(json_object_get(
				    json_array_get(json_object_get(all,
								   "playlists"),
						   0),
				    "title")),
			    "Mine");
	assert_int_equal(json_array_size(json_object_get(all, "ratings")), 1);
	assert_int_equal(json_array_size(json_object_get(all, "keys")), 1);
	json_decref(all);
	buffer_release(&export);

	if (account_erase(house->access, NULL, &caller, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	assert_int_equal(recognise(house->access, house->arena,
				   out.access_token, &caller),
			 STATUS_UNAUTHENTICATED);
	for (size_t i = 0; i < ARRAY_LENGTH(counts); i++)
		if (music_number(&house->music, counts[i], id) != 0)
			fail_msg("%s", counts[i]);
}

int
main(void)
{
#define ON(driver, scenario) \
	{ driver ": " #scenario, scenario, house_open, house_close, \
	  (void *)(driver) }
#define ALL_ON(driver) \
	ON(driver, a_hash_of_an_older_system_is_accepted_and_replaced), \
	ON(driver, a_name_that_nobody_has_is_limited_as_others_are), \
	ON(driver, who_signs_in_well_many_times_is_not_limited), \
	ON(driver, a_blocked_or_demoted_person_loses_it_at_once), \
	ON(driver, a_change_by_another_process_is_seen_soon), \
	ON(driver, what_was_forgotten_does_not_come_back), \
	ON(driver, a_change_that_is_refused_leaves_no_row_behind), \
	ON(driver, who_leaves_takes_everything_along)

	const struct CMUnitTest tests[] = {
		ALL_ON("sqlite"),
		ALL_ON("postgres"),
	};

	password_set_memory(1024); /* nobody guesses here */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
