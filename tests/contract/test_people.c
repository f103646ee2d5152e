/* test_people.c - people, where they are signed in, their keys, invitations and
 * the audit log; on both stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "library/audit.h"
#include "library/invitations.h"
#include "library/keys.h"
#include "library/logins.h"
#include "library/sessions.h"
#include "library/users.h"
#include "tests/support/stores.h"

#define DAY_MS ((int64_t)86400 * 1000)

/* What a scenario works with: an empty store. */
struct house {
	struct test_store stores;
	struct store *store;
	struct arena arena;
};

static int
house_open(void **state)
{
	struct house *house = mem_new(1, sizeof *house);

	test_store_open(&house->stores, *state, true);
	house->store = house->stores.store;
	arena_init(&house->arena);
	*state = house;
	return 0;
}

static int
house_close(void **state)
{
	struct house *house = *state;

	arena_release(&house->arena);
	test_store_close(&house->stores);
	free(house);
	return 0;
}

/* ---- one step, one transaction -------------------------------------------- */

/* A step runs in its own transaction; its status is what the store says. */
#define STEP(house_, fault_, ...) \
	step((house_)->store, &(struct step){ __VA_ARGS__ }, (fault_))

struct step {
	enum { ADD, CHANGE, LEAVE, SESSION, ROTATE, REVOKE, KEY, INVITE, USE,
	       LINK, SPEND, LOGIN, AUDIT, SCRIPT } verb;
	const struct user_draft *draft;
	const struct user_change *change;
	const struct sign_in *sign_in;
	const struct api_key *key;
	const struct invitation *invitation;
	const struct user_login *login;
	const char *script, *old_values, *new_values, *action;
	const uint8_t *hash, *shown, *next;
	int64_t id, *out;
	bool erase;
	struct arena *arena;
	const char **text;
	enum session_rotation *rotation;
};

static enum status
step_work(struct store_session *session, void *cookie, struct fault *fault)
{
	static const struct audit_actor nobody = { .address = "192.0.2.7",
						   .user_agent = "test" };
	const struct step *s = cookie;
	int64_t ignored, *out = s->out != NULL ? s->out : &ignored;

	switch (s->verb) {
	case ADD:
		return users_add(session, s->draft, out, fault);
	case CHANGE:
		return users_change(session, s->id, s->change, fault);
	case LEAVE:
		return users_leave(session, s->id, s->erase, fault);
	case SESSION:
		return sessions_add(session, s->sign_in, out, fault);
	case ROTATE:
		return sessions_rotate(session, s->id, s->hash, s->shown,
				       s->next, clock_now_ms() + DAY_MS, NULL,
				       s->rotation, out, fault);
	case REVOKE:
		return sessions_revoke_all(session, s->id, 0, "test", fault);
	case KEY:
		return keys_add(session, s->key, s->hash, out, fault);
	case INVITE:
		return invitations_add(session, s->invitation, s->hash, out,
				       fault);
	case USE:
		return invitations_use(session, s->hash, s->arena, s->text,
				       fault);
	case LINK:
		return one_time_links_add(session, LINK_PASSWORD, s->id,
					  s->hash, clock_now_ms() + DAY_MS,
					  fault);
	case SPEND:
		return one_time_links_spend(session, s->id, fault);
	case LOGIN:
		return logins_add(session, s->login, fault);
	case AUDIT:
		return audit_write(session, &nobody, s->action, "user", s->id,
				   s->old_values, s->new_values, fault);
	case SCRIPT:
		return sql_script(session, s->script, fault);
	}
	return STATUS_FAILED;
}

static enum status
step(struct store *store, struct step *s, struct fault *fault)
{
	struct fault ignored;

	return store_write(store, step_work, s,
			   fault != NULL ? fault : &ignored);
}

static int64_t
add_user(struct house *house, const char *name, const char *email)
{
	const struct user_draft draft = { .username = name,
					  .email = email,
					  .role = "user" };
	int64_t id = 0;

	assert_int_equal(STEP(house, NULL, .verb = ADD, .draft = &draft,
			      .out = &id),
			 STATUS_OK);
	return id;
}

struct reading {
	struct arena *arena;
	const char *name, *sort, *address;
	int64_t id;
	struct user_filter filter;
	struct page_request page;
	struct user user;
	struct user_page users;
	struct sign_in *sign_ins;
	struct api_key *keys;
	struct audit_filter audit_filter;
	struct audit_list audit;
	struct one_time_link link;
	struct invitation_filter invitation_filter;
	struct invitation_list invitations;
	const uint8_t *hash;
	size_t count;
	bool known;
	struct api_key key;
};

static enum status
read_user(struct store_session *session, void *cookie, struct fault *fault)
{
	struct reading *r = cookie;

	return r->name != NULL ?
		       users_find(session, r->name, r->arena, &r->user,
				  fault) :
		       users_get(session, r->id, r->arena, &r->user, fault);
}

static enum status
read_users(struct store_session *session, void *cookie, struct fault *fault)
{
	struct reading *r = cookie;

	return users_page(session, &r->filter, r->sort, &r->page, r->arena,
			  &r->users, fault);
}

static enum status
read_invitations(struct store_session *session, void *cookie,
		 struct fault *fault)
{
	struct reading *r = cookie;

	return invitations_list(session, &r->invitation_filter, &r->page,
				r->arena, &r->invitations, fault);
}

static enum status
read_sessions(struct store_session *session, void *cookie,
	      struct fault *fault)
{
	struct reading *r = cookie;

	return sessions_of_user(session, r->id, r->arena, &r->sign_ins,
				&r->count, fault);
}

static enum status
read_known(struct store_session *session, void *cookie, struct fault *fault)
{
	struct reading *r = cookie;

	return sessions_know_address(session, r->id, r->address, 1, &r->known,
				     fault);
}

static enum status
read_key(struct store_session *session, void *cookie, struct fault *fault)
{
	struct reading *r = cookie;

	return keys_find(session, r->hash, r->arena, &r->key, fault);
}

static enum status
read_audit(struct store_session *session, void *cookie, struct fault *fault)
{
	struct reading *r = cookie;

	return audit_list(session, &r->audit_filter, false, &r->page, r->arena,
			  &r->audit, fault);
}

static enum status
read_link(struct store_session *session, void *cookie, struct fault *fault)
{
	struct reading *r = cookie;

	return one_time_links_find(session, r->hash, &r->link, fault);
}

static enum status
reading(struct house *house, store_work *work, struct reading *r)
{
	struct fault fault;

	r->arena = &house->arena;
	return store_read(house->store, work, r, &fault);
}

static void
hash_of(const char *text, uint8_t out[SHA256_BYTES])
{
	sha256(text, strlen(text), out);
}

/* ---- people --------------------------------------------------------------- */

static void
a_name_and_an_email_belong_to_one_person_in_whatever_case(void **state)
{
	struct house *house = *state;
	struct user_draft draft = { .username = "ЁЛКА", .role = "user" };
	struct fault fault = { 0 };
	struct reading r = { .name = "ANNA@Example.org" };

	add_user(house, "Елка", NULL);
	add_user(house, "anna", "anna@example.org");
	assert_int_equal(STEP(house, &fault, .verb = ADD, .draft = &draft),
			 STATUS_CONFLICT);
	assert_string_equal(fault.field, "username");
	draft = (struct user_draft){ .username = "other",
				     .email = "Anna@EXAMPLE.org",
				     .role = "user" };
	assert_int_equal(STEP(house, &fault, .verb = ADD, .draft = &draft),
			 STATUS_CONFLICT);
	assert_string_equal(fault.field, "email");
	assert_int_equal(reading(house, read_user, &r), STATUS_OK);
	assert_string_equal(r.user.username, "anna");
	assert_string_equal(r.user.status, "active");
	assert_false(r.user.has_password);
}

static void
names_that_are_none_are_refused_with_their_field(void **state)
{
	static const struct {
		const char *username, *email, *full_name, *role, *field;
	} cases[] = {
		{ "", NULL, NULL, "user", "username" },
		{ "a b", NULL, NULL, "user", "username" },
		{ "a@b", NULL, NULL, "user", "username" },
		{ "a\nb", NULL, NULL, "user", "username" },
		{ "\xe2\x80\x8b", NULL, NULL, "user", "username" },
		{ "a<script>", NULL, NULL, "user", "username" },
		{ "anna", "no", NULL, "user", "email" },
		{ "anna", "a@b", NULL, "user", "email" },
		{ "anna", "a@b.c\r\nBcc: x@y.z", NULL, "user", "email" },
		{ "anna", NULL, "two\nlines", "user", "full_name" },
		{ "anna", NULL, NULL, "king", "role" },
	};
	struct house *house = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct user_draft draft = {
			.username = cases[i].username,
			.email = cases[i].email,
			.full_name = cases[i].full_name,
			.role = cases[i].role,
		};
		struct fault fault = { 0 };

		assert_int_equal(STEP(house, &fault, .verb = ADD,
				      .draft = &draft),
				 STATUS_INVALID);
		assert_string_equal(fault.field, cases[i].field);
	}
}

static void
a_change_touches_only_the_members_it_names(void **state)
{
	struct house *house = *state;
	int64_t id = add_user(house, "anna", "anna@example.org");
	struct user_change change = { .bits = USER_CHANGE_ROLE |
					      USER_CHANGE_ACTIVE,
				      .role = "moderator",
				      .is_active = false };
	struct reading r = { .id = id };

	assert_int_equal(STEP(house, NULL, .verb = CHANGE, .id = id,
			      .change = &change),
			 STATUS_OK);
	assert_int_equal(reading(house, read_user, &r), STATUS_OK);
	assert_string_equal(r.user.role, "moderator");
	assert_false(r.user.is_active);
	assert_string_equal(r.user.email, "anna@example.org");
	change = (struct user_change){ .bits = USER_CHANGE_EMAIL |
					       USER_CHANGE_STATUS |
					       USER_CHANGE_USERNAME,
				       .username = "Anna2",
				       .status = "rejected",
				       .reviewed_by = id };
	assert_int_equal(STEP(house, NULL, .verb = CHANGE, .id = id,
			      .change = &change),
			 STATUS_OK);
	assert_int_equal(reading(house, read_user, &r), STATUS_OK);
	assert_null(r.user.email);
	assert_string_equal(r.user.username, "Anna2");
	assert_string_equal(r.user.status, "rejected");
	assert_int_equal(r.user.reviewed_by, id);
	assert_true(r.user.reviewed_at_ms > 0);
	assert_string_equal(r.user.role, "moderator");
}

static void
who_leaves_is_found_no_more_and_who_is_erased_frees_the_name(void **state)
{
	struct house *house = *state;
	int64_t anna = add_user(house, "anna", "anna@example.org");
	int64_t boris = add_user(house, "boris", NULL);
	struct reading r = { .name = "anna" };
	const struct user_draft again = { .username = "boris",
					  .role = "user" };

	assert_int_equal(STEP(house, NULL, .verb = LEAVE, .id = anna,
			      .erase = true),
			 STATUS_OK);
	assert_int_equal(STEP(house, NULL, .verb = LEAVE, .id = boris),
			 STATUS_OK);
	assert_int_equal(reading(house, read_user, &r), STATUS_NOT_FOUND);
	add_user(house, "anna", "anna@example.org");
	/* Somebody may even be called as the erased one now is. */
	add_user(house, arena_print(&house->arena, "deleted-%lld",
				    (long long)anna), NULL);
	assert_int_equal(STEP(house, NULL, .verb = ADD, .draft = &again),
			 STATUS_CONFLICT);
	assert_int_equal(STEP(house, NULL, .verb = LEAVE, .id = anna),
			 STATUS_NOT_FOUND);
}

static void
people_are_listed_in_every_order_with_filters(void **state)
{
	static const char *const sorts[] = { "-created_at", "created_at",
					     "username", "-last_login_at",
					     "last_login_at", "id", "-id" };
	struct house *house = *state;
	struct reading r;

	for (int i = 0; i < 25; i++) {
		char name[32], email[48];

		snprintf(name, sizeof name, "person%02d", (i * 7) % 25);
		snprintf(email, sizeof email, "p%d@example.%s", i,
			 i % 5 == 0 ? "net" : "org");
		add_user(house, name, email);
	}
	for (size_t s = 0; s < ARRAY_LENGTH(sorts); s++) {
		size_t seen = 0;

		r = (struct reading){ .sort = sorts[s],
				      .page = { .limit = 10 } };
		do {
			assert_int_equal(reading(house, read_users, &r),
					 STATUS_OK);
			assert_int_equal(r.users.page.total, 25);
			seen += r.users.count;
			r.page.cursor = r.users.page.next_cursor;
		} while (r.page.cursor != NULL);
		assert_int_equal(seen, 25);
	}
	r = (struct reading){ .sort = "username" };
	assert_int_equal(reading(house, read_users, &r), STATUS_OK);
	assert_string_equal(r.users.items[0].username, "person00");
	assert_string_equal(r.users.items[24].username, "person24");
	r = (struct reading){ .filter = { .text = "EXAMPLE.net" } };
	assert_int_equal(reading(house, read_users, &r), STATUS_OK);
	assert_int_equal(r.users.page.total, 5);
	r = (struct reading){ .filter = { .text = "p%" } };
	assert_int_equal(reading(house, read_users, &r), STATUS_OK);
	assert_int_equal(r.users.page.total, 0);
	r = (struct reading){ .filter = { .role = "admin" } };
	assert_int_equal(reading(house, read_users, &r), STATUS_OK);
	assert_int_equal(r.users.page.total, 0);
}

/* ---- sessions ------------------------------------------------------------- */

static int64_t
add_session(struct house *house, int64_t user_id, const char *secret,
	    const char *address)
{
	struct sign_in row = { .user_id = user_id,
			       .kind = SESSION_OF_TOKENS,
			       .address = address,
			       .expires_at_ms = clock_now_ms() + DAY_MS };
	int64_t id = 0;

	hash_of("family", row.family_hash);
	hash_of(secret, row.refresh_hash);
	assert_int_equal(STEP(house, NULL, .verb = SESSION, .sign_in = &row,
			      .out = &id),
			 STATUS_OK);
	return id;
}

static enum session_rotation
rotate(struct house *house, int64_t id, const char *family, const char *shown,
       const char *next)
{
	uint8_t family_hash[SHA256_BYTES], shown_hash[SHA256_BYTES],
		next_hash[SHA256_BYTES];
	enum session_rotation rotation = ROTATION_REFUSED;

	hash_of(family, family_hash);
	hash_of(shown, shown_hash);
	hash_of(next, next_hash);
	assert_int_equal(STEP(house, NULL, .verb = ROTATE, .id = id,
			      .hash = family_hash, .shown = shown_hash,
			      .next = next_hash, .rotation = &rotation),
			 STATUS_OK);
	return rotation;
}

static void
a_spent_refresh_token_ends_its_family_and_a_guess_ends_nothing(void **state)
{
	struct house *house = *state;
	int64_t user = add_user(house, "anna", NULL);
	int64_t id = add_session(house, user, "one", "192.0.2.1");

	assert_int_equal(rotate(house, id, "family", "one", "two"),
			 ROTATION_DONE);
	assert_int_equal(rotate(house, id, "guess", "one", "x"),
			 ROTATION_REFUSED);
	assert_int_equal(rotate(house, id, "family", "two", "three"),
			 ROTATION_DONE);
	assert_int_equal(rotate(house, id, "family", "one", "x"),
			 ROTATION_REUSE);
	assert_int_equal(rotate(house, id, "family", "three", "four"),
			 ROTATION_REFUSED);
	assert_int_equal(rotate(house, id + 100, "family", "three", "four"),
			 ROTATION_REFUSED);
}

struct racer {
	struct house *house;
	int64_t id;
	const char *next;
	enum session_rotation result;
};

static void *
race(void *cookie)
{
	struct racer *racer = cookie;

	racer->result = rotate(racer->house, racer->id, "family", "one",
			       racer->next);
	return NULL;
}

static void
of_two_who_show_one_token_at_the_same_time_one_gets_through(void **state)
{
	struct house *house = *state;
	int64_t user = add_user(house, "anna", NULL);
	int64_t id = add_session(house, user, "one", NULL);
	struct racer racers[2] = { { house, id, "two", ROTATION_REFUSED },
				   { house, id, "2", ROTATION_REFUSED } };
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, race,
						&racers[i]),
				 0);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert_true((racers[0].result == ROTATION_DONE) !=
		    (racers[1].result == ROTATION_DONE));
	assert_true(racers[0].result == ROTATION_REUSE ||
		    racers[1].result == ROTATION_REUSE);
}

static void
somebody_with_too_many_sessions_loses_the_oldest(void **state)
{
	struct house *house = *state;
	int64_t user = add_user(house, "anna", NULL);
	int64_t first = add_session(house, user, "one", "192.0.2.1");
	struct reading r = { .id = user };

	for (int i = 0; i < SESSIONS_PER_USER; i++)
		add_session(house, user, "one", "192.0.2.2");
	assert_int_equal(reading(house, read_sessions, &r), STATUS_OK);
	assert_int_equal(r.count, SESSIONS_PER_USER);
	for (size_t i = 0; i < r.count; i++)
		assert_int_not_equal(r.sign_ins[i].id, first);
	assert_int_equal(STEP(house, NULL, .verb = REVOKE, .id = user),
			 STATUS_OK);
	assert_int_equal(reading(house, read_sessions, &r), STATUS_OK);
	assert_int_equal(r.count, 0);
	r.address = "192.0.2.1";
	assert_int_equal(reading(house, read_known, &r), STATUS_OK);
	assert_true(r.known);
	r.address = "192.0.2.3";
	assert_int_equal(reading(house, read_known, &r), STATUS_OK);
	assert_false(r.known);
}

/* ---- keys, invitations, links, logins ------------------------------------- */

static void
a_key_is_found_by_its_hash_until_it_is_over(void **state)
{
	struct house *house = *state;
	int64_t user = add_user(house, "anna", NULL);
	uint8_t lives[SHA256_BYTES], over[SHA256_BYTES];
	struct api_key key = { .user_id = user,
			       .name = "phone",
			       .prefix = "ogma_abc",
			       .scopes = 1 };
	struct reading r = { .hash = lives };

	hash_of("lives", lives);
	hash_of("over", over);
	assert_int_equal(STEP(house, NULL, .verb = KEY, .key = &key,
			      .hash = lives),
			 STATUS_OK);
	key.expires_at_ms = clock_now_ms() - 1;
	assert_int_equal(STEP(house, NULL, .verb = KEY, .key = &key,
			      .hash = over),
			 STATUS_OK);
	assert_int_equal(reading(house, read_key, &r), STATUS_OK);
	assert_int_equal(r.key.user_id, user);
	assert_int_equal(r.key.scopes, 1);
	r.hash = over;
	assert_int_equal(reading(house, read_key, &r), STATUS_NOT_FOUND);
	key.name = "";
	assert_int_equal(STEP(house, NULL, .verb = KEY, .key = &key,
			      .hash = over),
			 STATUS_INVALID);
}

static void
an_invitation_works_as_often_as_it_says(void **state)
{
	struct house *house = *state;
	const struct invitation invitation = { .prefix = "abc",
					       .role = "artist",
					       .uses_max = 2 };
	uint8_t hash[SHA256_BYTES], other[SHA256_BYTES];
	struct fault fault = { 0 };
	const char *role = NULL;

	hash_of("code", hash);
	hash_of("other", other);
	assert_int_equal(STEP(house, NULL, .verb = INVITE,
			      .invitation = &invitation, .hash = hash),
			 STATUS_OK);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(STEP(house, NULL, .verb = USE, .hash = hash,
				      .arena = &house->arena, .text = &role),
				 STATUS_OK);
		assert_string_equal(role, "artist");
	}
	assert_int_equal(STEP(house, &fault, .verb = USE, .hash = hash,
			      .arena = &house->arena, .text = &role),
			 STATUS_DENIED);
	assert_string_equal(fault.field, "invitation");
	assert_int_equal(STEP(house, NULL, .verb = USE, .hash = other,
			      .arena = &house->arena, .text = &role),
			 STATUS_DENIED);
}

static void
invitations_are_found_and_put_in_order(void **state)
{
	static const struct invitation made[] = {
		{ .prefix = "aaa", .role = "user", .note = "Хор Ёлка",
		  .uses_max = 1, .expires_at_ms = 3000 },
		{ .prefix = "bbb", .role = "artist", .note = "50% [choir]",
		  .uses_max = 5, .expires_at_ms = 2000 },
		{ .prefix = "ccc", .role = "user", .uses_max = 1,
		  .expires_at_ms = 1000 },
	};
	static const bool yes = true, no = false;
	static const struct {
		struct invitation_filter filter;
		const char *found; /* first letters, in order */
	} cases[] = {
		{ { .sort = "expires_at" }, "cba" },
		{ { .sort = "-expires_at" }, "abc" },
		{ { .text = "елка", .sort = "expires_at" }, "a" },
		{ { .text = "% [CH", .sort = "expires_at" }, "b" },
		{ { .text = "cc", .sort = "expires_at" }, "c" },
		{ { .text = "_", .sort = "expires_at" }, "" },
		{ { .role = "user", .sort = "expires_at" }, "ca" },
		{ { .open = &yes, .now_ms = 1500, .sort = "expires_at" },
		  "ba" },
		{ { .open = &no, .now_ms = 1500, .sort = "expires_at" },
		  "c" },
	};
	struct house *house = *state;
	uint8_t hash[SHA256_BYTES];

	for (size_t i = 0; i < ARRAY_LENGTH(made); i++) {
		hash_of(made[i].prefix, hash);
		assert_int_equal(STEP(house, NULL, .verb = INVITE,
				      .invitation = &made[i], .hash = hash),
				 STATUS_OK);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct reading r = { .invitation_filter = cases[i].filter };
		char found[8] = "";

		assert_int_equal(reading(house, read_invitations, &r),
				 STATUS_OK);
		for (size_t k = 0; k < r.invitations.count; k++)
			found[k] = *r.invitations.items[k].prefix;
		assert_string_equal(found, cases[i].found);
	}
}

static void
a_link_works_once_and_a_newer_one_replaces_it(void **state)
{
	struct house *house = *state;
	int64_t user = add_user(house, "anna", NULL);
	uint8_t first[SHA256_BYTES], second[SHA256_BYTES];
	struct reading r = { .hash = first };

	hash_of("first", first);
	hash_of("second", second);
	assert_int_equal(STEP(house, NULL, .verb = LINK, .id = user,
			      .hash = first),
			 STATUS_OK);
	assert_int_equal(reading(house, read_link, &r), STATUS_OK);
	assert_int_equal(r.link.user_id, user);
	assert_int_equal(STEP(house, NULL, .verb = LINK, .id = user,
			      .hash = second),
			 STATUS_OK);
	assert_int_equal(reading(house, read_link, &r), STATUS_NOT_FOUND);
	r.hash = second;
	assert_int_equal(reading(house, read_link, &r), STATUS_OK);
	assert_int_equal(STEP(house, NULL, .verb = SPEND, .id = r.link.id),
			 STATUS_OK);
	assert_int_equal(STEP(house, NULL, .verb = SPEND, .id = r.link.id),
			 STATUS_NOT_FOUND);
	assert_int_equal(reading(house, read_link, &r), STATUS_NOT_FOUND);
}

static void
an_account_elsewhere_belongs_to_one_person(void **state)
{
	struct house *house = *state;
	struct user_login login = { .provider = "telegram",
				    .subject = "42",
				    .user_id = add_user(house, "anna", NULL) };
	struct fault fault = { 0 };

	assert_int_equal(STEP(house, NULL, .verb = LOGIN, .login = &login),
			 STATUS_OK);
	assert_int_equal(STEP(house, NULL, .verb = LOGIN, .login = &login),
			 STATUS_OK);
	login.user_id = add_user(house, "boris", NULL);
	assert_int_equal(STEP(house, &fault, .verb = LOGIN, .login = &login),
			 STATUS_CONFLICT);
	assert_string_equal(fault.field, "login");
}

/* ---- the audit log -------------------------------------------------------- */

static void
the_audit_log_keeps_values_and_hides_secrets(void **state)
{
	struct house *house = *state;
	struct reading r = { .audit_filter = { .action = "update" } };

	assert_int_equal(STEP(house, NULL, .verb = AUDIT, .action = "create",
			      .id = 7),
			 STATUS_OK);
	assert_int_equal(
		STEP(house, NULL, .verb = AUDIT, .action = "update", .id = 7,
		     .old_values = "{\"role\":\"user\"}",
		     .new_values = "{\"role\":\"admin\",\"password_hash\":"
				   "\"abcd\",\"more\":[{\"token\":\"efgh\"}]}"),
		STATUS_OK);
	assert_int_equal(STEP(house, NULL, .verb = AUDIT, .action = "update",
			      .id = 8, .old_values = "{broken"),
			 STATUS_INVALID);
	assert_int_equal(reading(house, read_audit, &r), STATUS_OK);
	assert_int_equal(r.audit.count, 1);
	assert_int_equal(r.audit.items[0].model_id, 7);
	assert_int_equal(r.audit.items[0].admin_user_id, 0);
	assert_string_equal(r.audit.items[0].ip_address, "192.0.2.7");
	assert_non_null(strstr(r.audit.items[0].new_values, "admin"));
	assert_null(strstr(r.audit.items[0].new_values, "abcd"));
	assert_null(strstr(r.audit.items[0].new_values, "efgh"));
}

static void
nobody_can_change_or_remove_what_the_audit_log_says(void **state)
{
	struct house *house = *state;
	struct reading r = { .page = { .limit = 10 } };

	assert_int_equal(STEP(house, NULL, .verb = AUDIT, .action = "create",
			      .id = 7),
			 STATUS_OK);
	assert_int_not_equal(STEP(house, NULL, .verb = SCRIPT,
				  .script = "update admin_audit_logs set "
					    "action = 'view'"),
			     STATUS_OK);
	assert_int_not_equal(STEP(house, NULL, .verb = SCRIPT,
				  .script = "delete from admin_audit_logs"),
			     STATUS_OK);
	assert_int_equal(reading(house, read_audit, &r), STATUS_OK);
	assert_int_equal(r.audit.count, 1);
	assert_string_equal(r.audit.items[0].action, "create");
}

static enum status
many_work(struct store_session *session, void *cookie, struct fault *fault)
{
	enum status status = STATUS_OK;

	(void)cookie;
	for (int i = 0; i < PAGE_COUNT_MAX + 50 && status == STATUS_OK; i++)
		status = sql_post(session,
				  "insert into admin_audit_logs (action, "
				  "model_name, model_id, created_at) values "
				  "('view', 'user', $1, $1)",
				  SQL_ARGS(SQL_INT(i + 1)), fault);
	return status;
}

static void
a_very_long_log_is_paged_to_its_end(void **state)
{
	struct house *house = *state;
	struct fault fault = { 0 };
	struct reading r = { .page = { .limit = 100 },
			     .audit_filter = { .action = "view" } };
	char cursor[512];
	size_t seen = 0;

	assert_int_equal(store_write(house->store, many_work, NULL, &fault),
			 STATUS_OK);
	do {
		arena_reset(&house->arena);
		assert_int_equal(reading(house, read_audit, &r), STATUS_OK);
		assert_true(r.audit.page.total_is_lower_bound);
		seen += r.audit.count;
		r.page.cursor = r.audit.page.next_cursor;
		if (r.page.cursor != NULL) {
			snprintf(cursor, sizeof cursor, "%s", r.page.cursor);
			r.page.cursor = cursor;
		}
	} while (r.page.cursor != NULL);
	assert_int_equal(seen, PAGE_COUNT_MAX + 50);
}

int
main(void)
{
#define ON(driver, scenario) \
	{ driver ": " #scenario, scenario, house_open, house_close, \
	  (void *)(driver) }
#define ALL_ON(driver) \
	ON(driver, a_name_and_an_email_belong_to_one_person_in_whatever_case), \
	ON(driver, names_that_are_none_are_refused_with_their_field), \
	ON(driver, a_change_touches_only_the_members_it_names), \
	ON(driver, who_leaves_is_found_no_more_and_who_is_erased_frees_the_name), \
	ON(driver, people_are_listed_in_every_order_with_filters), \
	ON(driver, a_spent_refresh_token_ends_its_family_and_a_guess_ends_nothing), \
	ON(driver, of_two_who_show_one_token_at_the_same_time_one_gets_through), \
	ON(driver, somebody_with_too_many_sessions_loses_the_oldest), \
	ON(driver, a_key_is_found_by_its_hash_until_it_is_over), \
	ON(driver, an_invitation_works_as_often_as_it_says), \
	ON(driver, invitations_are_found_and_put_in_order), \
	ON(driver, a_link_works_once_and_a_newer_one_replaces_it), \
	ON(driver, an_account_elsewhere_belongs_to_one_person), \
	ON(driver, the_audit_log_keeps_values_and_hides_secrets), \
	ON(driver, nobody_can_change_or_remove_what_the_audit_log_says), \
	ON(driver, a_very_long_log_is_paged_to_its_end)

	const struct CMUnitTest tests[] = {
		ALL_ON("sqlite"),
		ALL_ON("postgres"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
