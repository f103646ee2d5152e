/* test_token.c - tokens of our own and of others, token buckets, passwords, and
 * which addresses may be asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/json.h"
#include "base/password.h"
#include "service/buckets.h"
#include "service/fetch.h"
#include "service/jws.h"
#include "service/oidc.h"
#include "service/token.h"

#define KEY_A "first secret of thirty-two bytes or more"
#define KEY_B "second secret of thirty-two bytes or more"
#define NOW_MS ((int64_t)1700000000000)

/* ---- our own tokens ------------------------------------------------------- */

static struct token_ring
ring_of(const char *first, const char *second)
{
	struct token_ring ring = { .issuer = "ogma",
				   .audience = "ogma",
				   .skew_seconds = 60 };
	struct fault fault = { 0 };

	assert_int_equal(token_ring_add(&ring, span_of(first), &fault),
			 STATUS_OK);
	if (second != NULL)
		assert_int_equal(token_ring_add(&ring, span_of(second),
						&fault),
				 STATUS_OK);
	return ring;
}

static const struct token_claims claims = { .user_id = 7,
					    .session_id = 9,
					    .issued_at_ms = NOW_MS,
					    .expires_at_ms = NOW_MS + 900000 };

static enum status
verify(const struct token_ring *ring, const char *token, int64_t now_ms)
{
	struct token_claims out;
	struct fault fault = { 0 };

	return token_verify(ring, span_of(token), now_ms, &out, &fault);
}

static void
a_token_says_what_it_was_signed_with(void **state)
{
	struct token_ring ring = ring_of(KEY_A, NULL);
	struct token_claims out;
	struct fault fault = { 0 };
	struct arena arena;
	const char *token;

	(void)state;
	arena_init(&arena);
	token = token_sign(&ring, &claims, &arena);
	assert_int_equal(token_verify(&ring, span_of(token), NOW_MS, &out,
				      &fault),
			 STATUS_OK);
	assert_int_equal(out.user_id, 7);
	assert_int_equal(out.session_id, 9);
	assert_int_equal(out.expires_at_ms, NOW_MS + 900000);
	arena_release(&arena);
}

static void
a_token_lives_from_its_issue_to_its_end_and_the_skew_of_clocks(void **state)
{
	struct token_ring ring = ring_of(KEY_A, NULL);
	struct arena arena;
	const char *token;

	(void)state;
	arena_init(&arena);
	token = token_sign(&ring, &claims, &arena);
	assert_int_equal(verify(&ring, token, NOW_MS - 60000), STATUS_OK);
	assert_int_equal(verify(&ring, token, NOW_MS - 61000),
			 STATUS_UNAUTHENTICATED);
	assert_int_equal(verify(&ring, token, NOW_MS + 959000), STATUS_OK);
	assert_int_equal(verify(&ring, token, NOW_MS + 960000),
			 STATUS_UNAUTHENTICATED);
	arena_release(&arena);
}

static void
an_older_key_verifies_as_long_as_it_is_in_the_ring(void **state)
{
	struct token_ring old = ring_of(KEY_A, NULL);
	struct token_ring both = ring_of(KEY_B, KEY_A);
	struct token_ring fresh = ring_of(KEY_B, NULL);
	struct arena arena;
	const char *token;

	(void)state;
	arena_init(&arena);
	token = token_sign(&old, &claims, &arena);
	assert_int_equal(verify(&both, token, NOW_MS), STATUS_OK);
	assert_int_equal(verify(&fresh, token, NOW_MS),
			 STATUS_UNAUTHENTICATED);
	token = token_sign(&both, &claims, &arena);
	assert_int_equal(verify(&fresh, token, NOW_MS), STATUS_OK);
	assert_int_equal(verify(&old, token, NOW_MS), STATUS_UNAUTHENTICATED);
	arena_release(&arena);
}

static void
a_token_with_any_letter_changed_is_refused(void **state)
{
	struct token_ring ring = ring_of(KEY_A, NULL);
	struct arena arena;
	const char *token;

	(void)state;
	arena_init(&arena);
	token = token_sign(&ring, &claims, &arena);
	for (size_t i = 0; token[i] != '\0'; i++) {
		char *changed = arena_copy_text(&arena, token);

		changed[i] = changed[i] == 'A' ? 'B' : 'A';
		if (verify(&ring, changed, NOW_MS) == STATUS_OK)
			fail_msg("letter %zu", i);
		changed[i] = '\0';
		assert_int_not_equal(verify(&ring, changed, NOW_MS),
				     STATUS_OK);
	}
	arena_release(&arena);
}

static void
a_secret_that_is_too_short_does_not_sign(void **state)
{
	struct token_ring ring = { .count = 0 };
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(token_ring_add(&ring, SPAN("short"), &fault),
			 STATUS_INVALID);
	assert_int_equal(ring.count, 0);
}

/* ---- tokens of others ----------------------------------------------------- */

static void
base64_member(json_t *object, const char *name, const void *bytes,
	      size_t count)
{
	struct buffer text;

	buffer_init(&text, 0);
	base64url_add(&text, bytes, count);
	json_object_set_new(object, name, json_string(text.bytes));
	buffer_release(&text);
}

static json_t *
rsa_jwk(EVP_PKEY *key, const char *id)
{
	json_t *jwk = json_pack("{ssssss}", "kty", "RSA", "kid", id, "use",
				"sig");
	static const char *const params[] = { OSSL_PKEY_PARAM_RSA_N,
					      OSSL_PKEY_PARAM_RSA_E };
	static const char *const names[] = { "n", "e" };

	for (int i = 0; i < 2; i++) {
		unsigned char bytes[512];
		BIGNUM *number = NULL;

		assert_int_equal(EVP_PKEY_get_bn_param(key, params[i],
						       &number),
				 1);
		base64_member(jwk, names[i], bytes,
			      (size_t)BN_bn2bin(number, bytes));
		BN_free(number);
	}
	return jwk;
}

static json_t *
ec_jwk(EVP_PKEY *key, const char *id)
{
	json_t *jwk = json_pack("{ssssss}", "kty", "EC", "crv", "P-256", "kid",
				id);
	unsigned char point[80];
	size_t length = 0;

	assert_int_equal(EVP_PKEY_get_octet_string_param(
				 key, OSSL_PKEY_PARAM_PUB_KEY, point,
				 sizeof point, &length),
			 1);
	assert_int_equal(length, 65);
	base64_member(jwk, "x", point + 1, 32);
	base64_member(jwk, "y", point + 33, 32);
	return jwk;
}

/* The signature in the form of RFC 7518: for EC r and s side by side. */
static size_t
sign(EVP_PKEY *key, const struct buffer *text, unsigned char out[600])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t length = 600;

	assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL,
					    key),
			 1);
	assert_int_equal(EVP_DigestSign(context, out, &length,
					(unsigned char *)text->bytes,
					text->length),
			 1);
	EVP_MD_CTX_free(context);
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) {
		const unsigned char *at = out;
		ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)length);

		BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, 32);
		BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + 32, 32);
		ECDSA_SIG_free(pair);
		length = 64;
	}
	return length;
}

static const char *
jws_make(EVP_PKEY *key, const char *header, const char *payload,
	 struct arena *arena)
{
	unsigned char signature[600];
	struct buffer out;
	const char *token;
	size_t length;

	buffer_init(&out, 0);
	base64url_add(&out, header, strlen(header));
	buffer_add_char(&out, '.');
	base64url_add(&out, payload, strlen(payload));
	length = sign(key, &out, signature);
	buffer_add_char(&out, '.');
	base64url_add(&out, signature, length);
	token = arena_copy_text(arena, out.bytes);
	buffer_release(&out);
	return token;
}

static enum status
jws_status(const json_t *set, const char *token)
{
	struct fault fault = { 0 };
	json_t *found = NULL;
	enum status status = jws_verify(set, span_of(token), &found, &fault);

	json_decref(found);
	return status;
}

static void
a_providers_token_holds_only_with_the_key_and_way_it_names(void **state)
{
	EVP_PKEY *rsa = EVP_RSA_gen(2048), *weak = EVP_RSA_gen(1024);
	EVP_PKEY *ec = EVP_EC_gen("P-256");
	json_t *set = json_pack("{s[ooo]}", "keys", rsa_jwk(rsa, "r"),
				ec_jwk(ec, "e"), rsa_jwk(weak, "w"));
	struct arena arena;
	const char *token;

	(void)state;
	arena_init(&arena);
	token = jws_make(rsa, "{\"alg\":\"RS256\",\"kid\":\"r\"}",
			 "{\"sub\":\"7\"}", &arena);
	assert_int_equal(jws_status(set, token), STATUS_OK);
	assert_int_equal(jws_status(set, jws_make(ec,
						  "{\"alg\":\"ES256\",\"kid\":"
						  "\"e\"}",
						  "{}", &arena)),
			 STATUS_OK);
	/* without a name any key of the kind will do */
	assert_int_equal(jws_status(set, jws_make(rsa, "{\"alg\":\"RS256\"}",
						  "{}", &arena)),
			 STATUS_OK);
	/* another algorithm than the key's */
	assert_int_equal(jws_status(set, jws_make(rsa,
						  "{\"alg\":\"HS256\",\"kid\":"
						  "\"r\"}",
						  "{}", &arena)),
			 STATUS_NOT_FOUND);
	assert_int_equal(jws_status(set, jws_make(rsa,
						  "{\"alg\":\"ES256\",\"kid\":"
						  "\"r\"}",
						  "{}", &arena)),
			 STATUS_NOT_FOUND);
	/* another key, an unknown one, one that is too short */
	assert_int_equal(jws_status(set, jws_make(weak,
						  "{\"alg\":\"RS256\",\"kid\":"
						  "\"r\"}",
						  "{}", &arena)),
			 STATUS_UNAUTHENTICATED);
	assert_int_equal(jws_status(set, jws_make(rsa,
						  "{\"alg\":\"RS256\",\"kid\":"
						  "\"new\"}",
						  "{}", &arena)),
			 STATUS_NOT_FOUND);
	assert_int_equal(jws_status(set, jws_make(weak,
						  "{\"alg\":\"RS256\",\"kid\":"
						  "\"w\"}",
						  "{}", &arena)),
			 STATUS_UNAUTHENTICATED);
	/* an extension we do not know, and what is no object */
	assert_int_equal(jws_status(set, jws_make(rsa,
						  "{\"alg\":\"RS256\",\"kid\":"
						  "\"r\",\"crit\":[\"b64\"]}",
						  "{}", &arena)),
			 STATUS_UNAUTHENTICATED);
	assert_int_equal(jws_status(set, jws_make(rsa,
						  "{\"alg\":\"RS256\",\"kid\":"
						  "\"r\"}",
						  "[]", &arena)),
			 STATUS_UNAUTHENTICATED);
	assert_int_equal(jws_status(set, "e30.e30."), STATUS_NOT_FOUND);
	assert_int_equal(jws_status(set, ""), STATUS_UNAUTHENTICATED);
	for (size_t i = 0; token[i] != '\0'; i += 3) {
		char *changed = arena_copy_text(&arena, token);

		changed[i] = changed[i] == 'A' ? 'B' : 'A';
		if (jws_status(set, changed) == STATUS_OK)
			fail_msg("letter %zu", i);
	}
	json_decref(set);
	arena_release(&arena);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(weak);
	EVP_PKEY_free(ec);
}

/* ---- token buckets -------------------------------------------------------- */

static const struct bucket_rate five_a_minute = { 5.0 / 60, 5 };

static void
a_bucket_gives_its_burst_and_then_what_drips_in(void **state)
{
	struct buckets *buckets = buckets_new(0);
	struct span key = SPAN("anna");
	uint32_t wait_ms;

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(buckets_take(buckets, 1, key, five_a_minute,
					      1000),
				 0);
	wait_ms = buckets_take(buckets, 1, key, five_a_minute, 1000);
	assert_in_range(wait_ms, 11990, 12010);
	assert_int_not_equal(buckets_take(buckets, 1, key, five_a_minute,
					  12900),
			     0);
	assert_int_equal(buckets_take(buckets, 1, key, five_a_minute, 13010),
			 0);
	/* others, and other kinds, have their own */
	assert_int_equal(buckets_take(buckets, 1, SPAN("boris"),
				      five_a_minute, 1000),
			 0);
	assert_int_equal(buckets_take(buckets, 2, key, five_a_minute, 1000),
			 0);
	buckets_free(buckets);
}

static void
a_token_that_is_returned_can_be_taken_again_but_never_fills_over(void **state)
{
	struct buckets *buckets = buckets_new(0);
	struct span key = SPAN("anna");

	(void)state;
	for (int i = 0; i < 5; i++)
		buckets_take(buckets, 1, key, five_a_minute, 0);
	buckets_return(buckets, 1, key, five_a_minute, 0);
	assert_int_equal(buckets_look(buckets, 1, key, five_a_minute, 0), 0);
	assert_int_equal(buckets_take(buckets, 1, key, five_a_minute, 0), 0);
	assert_int_not_equal(buckets_look(buckets, 1, key, five_a_minute, 0),
			     0);
	for (int i = 0; i < 20; i++)
		buckets_return(buckets, 1, key, five_a_minute, 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(buckets_take(buckets, 1, key, five_a_minute,
					      0),
				 0);
	assert_int_not_equal(buckets_take(buckets, 1, key, five_a_minute, 0),
			     0);
	buckets_free(buckets);
}

/* A crowd passes through a small table; who is held back mostly stays so. */
static void
a_crowd_does_not_free_those_who_are_held_back(void **state)
{
	struct buckets *buckets = buckets_new(1024);
	int held = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		for (int k = 0; k < 5; k++)
			buckets_take(buckets, 1,
				     (struct span){ (char *)&i, sizeof i },
				     five_a_minute, 0);
	for (int i = 1000; i < 101000; i++)
		buckets_take(buckets, 1, (struct span){ (char *)&i, sizeof i },
			     five_a_minute, 0);
	for (int i = 0; i < 100; i++)
		held += buckets_look(buckets, 1,
				     (struct span){ (char *)&i, sizeof i },
				     five_a_minute, 0) != 0;
	assert_int_equal(held, 100);
	buckets_free(buckets);
}

struct grabber {
	struct buckets *buckets;
	int got;
};

static void *
grab(void *cookie)
{
	struct grabber *grabber = cookie;

	for (int i = 0; i < 2000; i++)
		grabber->got += buckets_take(grabber->buckets, 1,
					     SPAN("shared"),
					     (struct bucket_rate){ 1e-9,
								   1000 },
					     0) == 0;
	return NULL;
}

static void
many_threads_together_get_no_more_than_there_is(void **state)
{
	struct buckets *buckets = buckets_new(0);
	struct grabber grabbers[4];
	pthread_t threads[4];
	int got = 0;

	(void)state;
	for (int i = 0; i < 4; i++) {
		grabbers[i] = (struct grabber){ buckets, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, grab,
						&grabbers[i]),
				 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		got += grabbers[i].got;
	}
	assert_int_equal(got, 1000);
	buckets_free(buckets);
}

/* ---- passwords ------------------------------------------------------------ */

static void
a_password_matches_its_hash_of_either_kind_and_nothing_else(void **state)
{
	/* of "U*U", from the test vectors of crypt_blowfish */
	static const char old[] =
		"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
	char hash[PASSWORD_HASH_BYTES];
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(password_hash("correct horse", hash, &fault),
			 STATUS_OK);
	assert_true(password_matches("correct horse", hash));
	assert_false(password_matches("correct house", hash));
	assert_false(password_is_outdated(hash));
	password_set_memory(2 * PASSWORD_MEMORY_KIB);
	assert_true(password_matches("correct horse", hash));
	assert_true(password_is_outdated(hash));
	password_set_memory(PASSWORD_MEMORY_KIB);
	assert_true(password_matches("U*U", old));
	assert_false(password_matches("U*V", old));
	assert_true(password_is_outdated(old));
	assert_true(password_is_outdated("$argon2id$v=19$m=4096,t=1,p=1$x$y"));
	assert_false(password_matches("U*U", ""));
	assert_false(password_matches("", "$1$salt$x"));
	/* a cost that would keep a thread for minutes */
	assert_false(password_matches(
		"U*U", "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJ"
		       "KvyOeW"));
	password_pretend("whatever");
}

/* ---- addresses ------------------------------------------------------------ */

static void
only_public_addresses_may_be_asked_for_people(void **state)
{
	static const char *const fine[] = { "8.8.8.8", "93.184.216.34",
					    "172.15.0.1", "172.32.0.1",
					    "2606:2800:220:1::1",
					    "64:ff9b::808:808" };
	static const char *const refused[] = {
		"127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3",
		"172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
		"100.64.0.1", "192.0.2.1", "224.0.0.1", "255.255.255.255", "::1",
		"::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
		"fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1",
		"2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1",
		"2001::1", "fec0::1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(fine); i++) {
		struct address address;

		assert_true(address_parse(span_of(fine[i]), &address));
		if (!fetch_address_allowed(&address))
			fail_msg("%s", fine[i]);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
		struct address address;

		assert_true(address_parse(span_of(refused[i]), &address));
		if (fetch_address_allowed(&address))
			fail_msg("%s", refused[i]);
	}
}

static void
an_address_of_this_machine_is_not_asked_for_people(void **state)
{
	static const char *const urls[] = {
		"http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/",
		"http://2130706433:1/", "http://0x7f.1:1/", "file:///etc/passwd",
		"gopher://127.0.0.1/", "http://", "nonsense",
	};
	struct buffer body;

	(void)state;
	buffer_init(&body, 0);
	for (size_t i = 0; i < ARRAY_LENGTH(urls); i++) {
		const struct fetch_request request = { .url = urls[i],
						       .timeout_ms = 2000,
						       .limit_bytes = 100 };
		unsigned http_status = 0;
		struct fault fault = { 0 };
		enum status status =
			fetch(&request, &body, &http_status, &fault);

		if (status != STATUS_INVALID && status != STATUS_UNAVAILABLE)
			fail_msg("%s: %d", urls[i], status);
		assert_int_equal(http_status, 0);
	}
	buffer_release(&body);
}

static void
only_pages_of_ours_are_returned_to(void **state)
{
	static const char *const evil[] = {
		NULL, "", "x", "//evil", "/\\evil", "https://evil", "/a\nb",
		"/a b", "\\evil", "javascript:x", "/a\\b",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(evil); i++)
		assert_string_equal(oidc_return_path(evil[i]), "/");
	assert_string_equal(oidc_return_path("/albums/1?sort=year"),
			    "/albums/1?sort=year");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_says_what_it_was_signed_with),
		cmocka_unit_test(
			a_token_lives_from_its_issue_to_its_end_and_the_skew_of_clocks),
		cmocka_unit_test(
			an_older_key_verifies_as_long_as_it_is_in_the_ring),
		cmocka_unit_test(a_token_with_any_letter_changed_is_refused),
		cmocka_unit_test(a_secret_that_is_too_short_does_not_sign),
		cmocka_unit_test(
			a_providers_token_holds_only_with_the_key_and_way_it_names),
		cmocka_unit_test(
			a_bucket_gives_its_burst_and_then_what_drips_in),
		cmocka_unit_test(
			a_token_that_is_returned_can_be_taken_again_but_never_fills_over),
		cmocka_unit_test(a_crowd_does_not_free_those_who_are_held_back),
		cmocka_unit_test(many_threads_together_get_no_more_than_there_is),
		cmocka_unit_test(
			a_password_matches_its_hash_of_either_kind_and_nothing_else),
		cmocka_unit_test(only_public_addresses_may_be_asked_for_people),
		cmocka_unit_test(
			an_address_of_this_machine_is_not_asked_for_people),
		cmocka_unit_test(only_pages_of_ours_are_returned_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
