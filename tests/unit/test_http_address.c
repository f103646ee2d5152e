/* test_http_address.c - addresses, networks, proxies and admission. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/memory.h"
#include "net/address.h"
#include "net/admission.h"

static struct address
address(const char *text)
{
	struct address out = { { 0 } };

	assert_true(address_parse(span_of(text), &out));
	return out;
}

static struct networks
networks(const char *text)
{
	struct networks out;
	struct fault fault;

	assert_int_equal(networks_parse(span_of(text), &out, &fault),
			 STATUS_OK);
	return out;
}

static void
addresses_are_printed_as_people_write_them(void **state)
{
	static const char *const texts[] = { "192.0.2.1", "::1",
					     "2001:db8::ff" };
	char out[ADDRESS_TEXT_BYTES];
	struct address mapped = address("::ffff:192.0.2.1");

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		struct address one = address(texts[i]);

		address_print(&one, out);
		assert_string_equal(out, texts[i]);
	}
	address_print(&mapped, out);
	assert_string_equal(out, "192.0.2.1");
	assert_false(address_parse(SPAN("192.0.2"), &mapped));
	assert_false(address_parse(SPAN("localhost"), &mapped));
	assert_false(address_parse(SPAN(""), &mapped));
}

static void
networks_contain_what_their_prefix_says(void **state)
{
	static const struct {
		const char *network, *address;
		bool inside;
	} cases[] = {
		{ "10.0.0.0/8", "10.255.1.2", true },
		{ "10.0.0.0/8", "11.0.0.0", false },
		{ "192.0.2.128/25", "192.0.2.200", true },
		{ "192.0.2.128/25", "192.0.2.1", false },
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "0.0.0.0/0", "203.0.113.1", true },
		{ "0.0.0.0/0", "2001:db8::1", false },
		{ "::/0", "203.0.113.1", true },
		{ "fd00::/8", "fdff::1", true },
		{ "2001:db8::/33", "2001:db8:8000::", false },
	};
	struct networks out;
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct networks list = networks(cases[i].network);
		struct address one = address(cases[i].address);

		if (networks_contain(&list, &one) != cases[i].inside)
			fail_msg("%s %s", cases[i].network, cases[i].address);
	}
	assert_int_equal(networks_parse(SPAN("10.0.0.0/33"), &out, &fault),
			 STATUS_INVALID);
	assert_int_equal(networks_parse(SPAN("::1, proxy"), &out, &fault),
			 STATUS_INVALID);
	assert_int_equal(networks_parse(SPAN("10.0.0.0/"), &out, &fault),
			 STATUS_INVALID);
	assert_int_equal(networks("").count, 0);
}

static void
the_client_is_the_last_address_no_proxy_of_ours_has(void **state)
{
	static const struct {
		const char *chain;
		bool is_forwarded;
		const char *client;
	} cases[] = {
		{ "203.0.113.9", false, "203.0.113.9" },
		{ "198.51.100.1, 203.0.113.9", false, "203.0.113.9" },
		{ "203.0.113.9, 10.0.0.2", false, "203.0.113.9" },
		{ "10.0.0.3,10.0.0.2", false, "10.0.0.3" },
		{ "", false, "10.0.0.1" },
		{ "nonsense, 10.0.0.2", false, "10.0.0.2" },
		{ "203.0.113.9:4711", false, "203.0.113.9" },
		{ "for=203.0.113.9;proto=http, for=10.0.0.2", true,
		  "203.0.113.9" },
		{ "proto=http;For=\"[2001:db8::9]\"", true, "2001:db8::9" },
		{ "for=_hidden, for=10.0.0.2", true, "10.0.0.2" },
	};
	struct networks trusted = networks("10.0.0.0/8");
	struct address peer = address("10.0.0.1");
	struct address stranger = address("198.51.100.7"), client;
	char out[ADDRESS_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		client = address_behind(&trusted, &peer,
					span_of(cases[i].chain),
					cases[i].is_forwarded);
		address_print(&client, out);
		assert_string_equal(out, cases[i].client);
	}
	client = address_behind(&trusted, &stranger, SPAN("203.0.113.9"),
				false);
	address_print(&client, out);
	assert_string_equal(out, "198.51.100.7");
}

static void
admission_counts_in_all_and_per_household(void **state)
{
	struct networks trusted = networks("10.0.0.1");
	struct address a = address("2001:db8::1"), b = address("2001:db8::2");
	struct address other = address("2001:db8:0:1::1");
	struct address proxy = address("10.0.0.1");
	struct admission admission;

	(void)state;
	admission_init(&admission, 6, 2, &trusted);
	assert_int_equal(admission_enter(&admission, &a), ADMISSION_GRANTED);
	assert_int_equal(admission_enter(&admission, &b), ADMISSION_GRANTED);
	assert_int_equal(admission_enter(&admission, &a), ADMISSION_TOO_MANY);
	assert_int_equal(admission_enter(&admission, &other),
			 ADMISSION_GRANTED);
	admission_leave(&admission, &b);
	assert_int_equal(admission_enter(&admission, &a), ADMISSION_GRANTED);
	for (int i = 0; i < 3; i++)
		assert_int_equal(admission_enter(&admission, &proxy),
				 ADMISSION_GRANTED);
	assert_int_equal(admission_enter(&admission, &proxy), ADMISSION_FULL);
	for (int i = 0; i < 3; i++)
		admission_leave(&admission, &proxy);
	admission_leave(&admission, &a);
	admission_leave(&admission, &a);
	admission_leave(&admission, &other);
	assert_int_equal(atomic_load(&admission.connections), 0);
	admission_release(&admission);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_printed_as_people_write_them),
		cmocka_unit_test(networks_contain_what_their_prefix_says),
		cmocka_unit_test(
			the_client_is_the_last_address_no_proxy_of_ours_has),
		cmocka_unit_test(admission_counts_in_all_and_per_household),
	};

	return cmocka_run_group_tests_name("http address", tests, NULL, NULL);
}
