/* test_telegram_login.c - data of Mini Apps and of the login widget: what was
 * computed elsewhere is accepted, everything near it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "service/telegram_login.h"

/* A token made up for tests; hashes by the openssl command and Python's hmac. */
#define TOKEN "123456789:OgmaMadeUpTokenForTestsOnly_0123456"
#define USER \
	"user=%7B%22id%22%3A4200000001%2C%22first_name%22%3A%22Zo%C3%AB%20%2B%20" \
	"%5C%2F%22%2C%22last_name%22%3A%22%C3%9Cn%C3%AFcode%20%F0%9F%8E%B5%22%2C" \
	"%22username%22%3A%22ogma_tester%22%2C%22language_code%22%3A%22en%22%2C"  \
	"%22is_premium%22%3Atrue%2C%22allows_write_to_pm%22%3Atrue%2C%22photo_"   \
	"url%22%3A%22https%3A%5C%2F%5C%2Ft.me%5C%2Fi%5C%2Fuserpic%5C%2F320%5C"    \
	"%2Fx.svg%22%7D"
#define V1 \
	"query_id=AAHdF6IQAAAAAN0XohDhrOrc&" USER "&auth_date=1700000000&hash="  \
	"86f7aeab683b684483b4dd68a1900a55db5d4e5bac2764189199fd4192429c73"
#define V2 \
	USER "&chat_instance=-8134722200314281151&chat_type=supergroup"          \
	"&start_param=ref-42&auth_date=1700000000&signature=G4BSBHnf9qtTQMmooggRA" \
	"x57Tv5MfBouQdRcLvVd0VRumobx40JxmPVnWKjakLVAtSorSRLj3dgFMA4AS70QDQ&hash=" \
	"91855e2362982dd7541373d68915f78c67f4c0ec9842bb69921383cf16703dad"
#define V3 \
	"auth_date=1700000000&hash=c90d3926c7b24b78fcfe304fcf2387c78f4ceee865ab"  \
	"68eae988ad590b1fa5d6"
#define V4 \
	"start_param=a%26b%3Dc%25d%2Be%20f&auth_date=1700000001&user=%7B%22id%22" \
	"%3A7%7D&hash="                                                          \
	"ac6194ea92ff393c8bd3f08abba543a928f48cfc01d4976097f0884a8305f712"

static const struct telegram_rule rule = { .bot_token = TOKEN,
					   .age_seconds = 3600,
					   .now_ms = 1700000010000 };

struct outcome {
	struct arena arena;
	struct telegram_person person;
	struct fault fault;
	enum status status;
};

static struct outcome
webapp(const struct telegram_rule *with, const char *data)
{
	struct outcome outcome = { .status = STATUS_OK };

	arena_init(&outcome.arena);
	outcome.status = telegram_webapp(with, span_of(data), &outcome.arena,
					 &outcome.person, &outcome.fault);
	return outcome;
}

static enum status
webapp_status(const struct telegram_rule *with, const char *data)
{
	struct outcome outcome = webapp(with, data);

	arena_release(&outcome.arena);
	return outcome.status;
}

static void
data_of_a_mini_app_names_its_user(void **state)
{
	struct outcome outcome = webapp(&rule, V1);

	(void)state;
	assert_int_equal(outcome.status, STATUS_OK);
	assert_int_equal(outcome.person.id, 4200000001);
	assert_string_equal(outcome.person.username, "ogma_tester");
	assert_string_equal(outcome.person.full_name,
			    "Zoë + / Ünïcode 🎵");
	assert_int_equal(outcome.person.auth_date_ms, 1700000000000);
	arena_release(&outcome.arena);
}

static void
a_signature_is_part_of_what_is_hashed(void **state)
{
	struct outcome outcome = webapp(&rule, V2);

	(void)state;
	assert_int_equal(outcome.status, STATUS_OK);
	assert_string_equal(outcome.person.start_param, "ref-42");
	arena_release(&outcome.arena);
}

static void
values_hold_every_separator(void **state)
{
	struct outcome outcome = webapp(&rule, V4);

	(void)state;
	assert_int_equal(outcome.status, STATUS_OK);
	assert_int_equal(outcome.person.id, 7);
	assert_null(outcome.person.full_name);
	assert_string_equal(outcome.person.start_param, "a&b=c%d+e f");
	arena_release(&outcome.arena);
}

/* The hash of V3 is right; it just names nobody. */
static void
data_without_a_user_signs_nobody_in(void **state)
{
	struct outcome outcome = webapp(&rule, V3);

	(void)state;
	assert_int_equal(outcome.status, STATUS_INVALID);
	assert_non_null(strstr(outcome.fault.message, "names nobody"));
	arena_release(&outcome.arena);
}

static void
a_changed_byte_anywhere_is_refused(void **state)
{
	static const char *const data[] = { V1, V2, V4 };

	(void)state;
	for (size_t k = 0; k < ARRAY_LENGTH(data); k++) {
		size_t length = strlen(data[k]);

		for (size_t i = 0; i < length; i++) {
			char *changed = mem_copy_text(data[k]);

			/* Escapes and hex know no case. */
			changed[i] = (changed[i] | 32) == 'a' ? 'b' : 'a';
			if (webapp_status(&rule, changed) == STATUS_OK)
				fail_msg("byte %zu of %zu: %s", i, k, changed);
			free(changed);
		}
	}
}

static void
stale_and_future_data_are_refused(void **state)
{
	struct telegram_rule at = rule;

	(void)state;
	at.now_ms = (1700000000 + 3600) * (int64_t)1000;
	assert_int_equal(webapp_status(&at, V1), STATUS_OK);
	at.now_ms += 1000;
	assert_int_equal(webapp_status(&at, V1), STATUS_UNAUTHENTICATED);
	at.now_ms = (1700000000 - 60) * (int64_t)1000;
	assert_int_equal(webapp_status(&at, V1), STATUS_OK);
	at.now_ms -= 1000;
	assert_int_equal(webapp_status(&at, V1), STATUS_UNAUTHENTICATED);
}

static void
another_bots_data_are_refused(void **state)
{
	struct telegram_rule other = rule;

	(void)state;
	other.bot_token = "123456789:OgmaMadeUpTokenForTestsOnly_0123457";
	assert_int_equal(webapp_status(&other, V1), STATUS_UNAUTHENTICATED);
	other.bot_token = "";
	assert_int_equal(webapp_status(&other, V1), STATUS_UNAUTHENTICATED);
}

/* Hashes the fields as Telegram would, whatever is in them. */
static const char *
hashed(const char *data, const char *lines, struct arena *arena)
{
	uint8_t secret[SHA256_BYTES], hash[SHA256_BYTES];
	char text[2 * SHA256_BYTES + 1];

	hmac_sha256(SPAN("WebAppData"), SPAN(TOKEN), secret);
	hmac_sha256((struct span){ (char *)secret, sizeof secret },
		    span_of(lines), hash);
	hex_print(hash, sizeof hash, text);
	return arena_print(arena, "%s&hash=%s", data, text);
}

static void
fields_that_could_be_read_in_two_ways_are_refused_though_hashed(void **state)
{
	static const struct {
		const char *data, *lines;
	} cases[] = {
		/* the same name twice, also when one is escaped */
		{ "auth_date=1700000000&user={\"id\":7}&user={\"id\":8}",
		  "auth_date=1700000000\nuser={\"id\":7}\nuser={\"id\":8}" },
		{ "auth_date=1700000000&user={\"id\":7}&us%65r={\"id\":8}",
		  "auth_date=1700000000\nuser={\"id\":7}\nuser={\"id\":8}" },
		/* a line end inside a value makes a field of its own */
		{ "auth_date=1700000000&x=1%0Auser={\"id\":7}",
		  "auth_date=1700000000\nx=1\nuser={\"id\":7}" },
		{ "auth_date=1700000000&x=%01&user={\"id\":7}",
		  "auth_date=1700000000\nuser={\"id\":7}\nx=\x01" },
		/* "=" in a name */
		{ "auth_date=1700000000&a%3Db=c&user={\"id\":7}",
		  "a=b=c\nauth_date=1700000000\nuser={\"id\":7}" },
		/* no number, no date */
		{ "auth_date=1700000000&user={\"id\":\"7\"}",
		  "auth_date=1700000000\nuser={\"id\":\"7\"}" },
		{ "auth_date=1700000000&user={\"id\":0}",
		  "auth_date=1700000000\nuser={\"id\":0}" },
		{ "auth_date=1700000000&user=[7]",
		  "auth_date=1700000000\nuser=[7]" },
		{ "user={\"id\":7}", "user={\"id\":7}" },
		{ "auth_date=soon&user={\"id\":7}",
		  "auth_date=soon\nuser={\"id\":7}" },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	/* The helper itself is right. */
	assert_int_equal(webapp_status(&rule,
				       hashed("auth_date=1700000000&"
					      "user={\"id\":7}",
					      "auth_date=1700000000\n"
					      "user={\"id\":7}",
					      &arena)),
			 STATUS_OK);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		if (webapp_status(&rule, hashed(cases[i].data, cases[i].lines,
						&arena)) != STATUS_INVALID)
			fail_msg("case %zu", i);
	arena_release(&arena);
}

static void
what_is_no_data_at_all_is_refused(void **state)
{
	static const char *const nothing[] = {
		"", "&", "hash", "hash=", "auth_date=1700000000", "%",
		"user=%zz&hash=00", "user=%00&hash=00", "a=%FF&hash=00",
		"auth_date=1700000000&hash=86f7",
	};
	struct buffer large;

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(nothing); i++)
		assert_int_equal(webapp_status(&rule, nothing[i]),
				 STATUS_INVALID);
	buffer_init(&large, 0);
	for (int i = 0; i < TELEGRAM_FIELDS_MAX + 1; i++)
		buffer_print(&large, "f%d=1&", i);
	buffer_add_text(&large, "hash=00");
	assert_int_equal(webapp_status(&rule, large.bytes), STATUS_INVALID);
	for (int i = 0; i < TELEGRAM_DATA_MAX_BYTES; i++)
		buffer_add_char(&large, 'x');
	assert_int_equal(webapp_status(&rule, large.bytes), STATUS_INVALID);
	buffer_release(&large);
}

/* ---- Telegram's own key --------------------------------------------------- */

static enum status
signed_status(const uint8_t key[TELEGRAM_KEY_BYTES], int64_t bot_id,
	      const char *data)
{
	struct telegram_person person;
	struct fault fault = { 0 };
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = telegram_webapp_signed(&rule, bot_id, key, span_of(data),
					&arena, &person, &fault);
	arena_release(&arena);
	return status;
}

static void
a_signature_holds_only_with_its_key_and_bot(void **state)
{
	uint8_t key[TELEGRAM_KEY_BYTES]; /* RFC 8032 7.1, TEST 1 */

	(void)state;
	assert_true(hex_parse(SPAN("d75a980182b10ab7d54bfed3c964073a0ee172f3daa"
				   "62325af021a68f707511a"),
			      key, sizeof key));
	assert_int_equal(signed_status(key, 123456789, V2), STATUS_OK);
	assert_int_equal(signed_status(key, 123456780, V2),
			 STATUS_UNAUTHENTICATED);
	assert_int_equal(signed_status(telegram_key_production, 123456789, V2),
			 STATUS_UNAUTHENTICATED);
	assert_int_equal(signed_status(telegram_key_test, 123456789, V2),
			 STATUS_UNAUTHENTICATED);
	assert_int_equal(signed_status(key, 123456789, V1), STATUS_INVALID);
}

/* ---- the login widget ----------------------------------------------------- */

#define WIDGET_FIELDS                                                    \
	{ "id", "4200000001" }, { "first_name", "Zoë" },                 \
		{ "last_name", "Ünïcode" }, { "username", "ogma_tester" }, \
		{ "photo_url", "https://t.me/i/userpic/320/x.jpg" },     \
		{ "auth_date", "1700000000" },                           \
	{                                                                \
		"hash", "cacbbded3fbc7336dda5907a699262f9ff7aa7ce8ee3b3" \
			"23bf65091264574118"                             \
	}

static enum status
widget_status(const struct telegram_rule *with,
	      const struct telegram_field *fields, size_t count,
	      struct telegram_person *person)
{
	struct fault fault = { 0 };
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = telegram_widget(with, fields, count, &arena, person, &fault);
	arena_release(&arena);
	return status;
}

static void
the_login_widget_names_its_user(void **state)
{
	const struct telegram_field fields[] = { WIDGET_FIELDS };
	struct telegram_person person;

	(void)state;
	assert_int_equal(widget_status(&rule, fields, ARRAY_LENGTH(fields),
				       &person),
			 STATUS_OK);
	assert_int_equal(person.id, 4200000001);
}

static void
a_changed_missing_or_added_field_of_the_widget_is_refused(void **state)
{
	const struct telegram_field good[] = { WIDGET_FIELDS };
	struct telegram_field fields[ARRAY_LENGTH(good) + 1];
	struct telegram_person person;
	struct telegram_rule late = rule;

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
		memcpy(fields, good, sizeof good);
		fields[i].value = "1";
		assert_int_not_equal(widget_status(&rule, fields,
						   ARRAY_LENGTH(good),
						   &person),
				     STATUS_OK);
		memcpy(fields, good, sizeof good);
		fields[i] = good[ARRAY_LENGTH(good) - 1];
		assert_int_not_equal(widget_status(&rule, fields,
						   ARRAY_LENGTH(good) - 1,
						   &person),
				     STATUS_OK);
	}
	memcpy(fields, good, sizeof good);
	fields[ARRAY_LENGTH(good)] = (struct telegram_field){ "role", "x" };
	assert_int_equal(widget_status(&rule, fields, ARRAY_LENGTH(fields),
				       &person),
			 STATUS_UNAUTHENTICATED);
	late.now_ms += 3600 * 1000;
	assert_int_equal(widget_status(&late, good, ARRAY_LENGTH(good),
				       &person),
			 STATUS_UNAUTHENTICATED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_of_a_mini_app_names_its_user),
		cmocka_unit_test(a_signature_is_part_of_what_is_hashed),
		cmocka_unit_test(values_hold_every_separator),
		cmocka_unit_test(data_without_a_user_signs_nobody_in),
		cmocka_unit_test(a_changed_byte_anywhere_is_refused),
		cmocka_unit_test(stale_and_future_data_are_refused),
		cmocka_unit_test(another_bots_data_are_refused),
		cmocka_unit_test(
			fields_that_could_be_read_in_two_ways_are_refused_though_hashed),
		cmocka_unit_test(what_is_no_data_at_all_is_refused),
		cmocka_unit_test(a_signature_holds_only_with_its_key_and_bot),
		cmocka_unit_test(the_login_widget_names_its_user),
		cmocka_unit_test(
			a_changed_missing_or_added_field_of_the_widget_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
