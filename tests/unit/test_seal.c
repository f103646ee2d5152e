/* test_seal.c - secrets that are sealed under keys of settings and files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/seal.h"

#define SECRET "a secret of thirty-two bytes or more"
#define OTHER "another secret of thirty-two bytes"

struct desk {
	struct arena arena;
	char folder[64], path[80];
};

static int
desk_open(void **state)
{
	struct desk *desk = mem_new(1, sizeof *desk);

	arena_init(&desk->arena);
	snprintf(desk->folder, sizeof desk->folder,
		 "/tmp/ogma-seal-XXXXXX");
	assert_non_null(mkdtemp(desk->folder));
	snprintf(desk->path, sizeof desk->path, "%s/seal.key", desk->folder);
	*state = desk;
	return 0;
}

static int
desk_close(void **state)
{
	struct desk *desk = *state;

	unlink(desk->path);
	assert_int_equal(rmdir(desk->folder), 0); /* nothing else is left */
	arena_release(&desk->arena);
	free(desk);
	return 0;
}

static struct seal *
opened(const char *secret, const char *old_secrets, const char *key_path)
{
	const struct seal_args args = { secret, old_secrets, key_path };
	struct seal *seal = NULL;
	struct fault fault = { 0 };

	if (seal_open(&args, &seal, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	return seal;
}

static void
assert_reads(const struct seal *seal, const char *sealed, const char *wanted,
	     struct arena *arena)
{
	const char *plain = NULL;
	struct fault fault = { 0 };

	if (seal_read(seal, "test", sealed, arena, &plain, &fault) !=
	    STATUS_OK)
		fail_msg("%s", fault.message);
	assert_string_equal(plain, wanted);
}

static void
assert_refuses(const struct seal *seal, const char *purpose,
	       const char *sealed, const char *why, struct arena *arena)
{
	const char *plain = NULL;
	struct fault fault = { 0 };

	assert_int_equal(seal_read(seal, purpose, sealed, arena, &plain,
				   &fault),
			 STATUS_UNAVAILABLE);
	assert_null(plain);
	assert_non_null(strstr(fault.message, why));
}

static void
what_is_sealed_hides_the_text_and_gives_it_back(void **state)
{
	static const char *const texts[] = { "", "k", "ключ 🔑",
					     "wJalrXUtnFEMI/K7MDENG/bPxRfi" };
	struct desk *desk = *state;
	struct seal *seal = opened(SECRET, NULL, NULL);

	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		const char *a = seal_text(seal, "test", texts[i],
					  &desk->arena);
		const char *b = seal_text(seal, "test", texts[i],
					  &desk->arena);

		assert_string_not_equal(a, b); /* nobody sees they are equal */
		assert_true(seal_is_current(seal, a));
		if (strlen(texts[i]) > 1)
			assert_null(strstr(a, texts[i]));
		assert_reads(seal, a, texts[i], &desk->arena);
	}
	assert_null(seal_text(seal, "test", NULL, &desk->arena));
	seal_close(seal);
}

static void
what_was_never_sealed_is_read_as_it_is(void **state)
{
	struct desk *desk = *state;
	struct seal *seal = opened(SECRET, NULL, NULL);

	assert_false(seal_is_current(seal, "plain"));
	assert_reads(seal, "plain", "plain", &desk->arena);
	assert_reads(NULL, "plain", "plain", &desk->arena);
	assert_string_equal(seal_text(NULL, "test", "plain", &desk->arena),
			    "plain");
	seal_close(seal);
}

static void
changed_letters_another_purpose_and_another_key_open_nothing(void **state)
{
	struct desk *desk = *state;
	struct seal *seal = opened(SECRET, NULL, NULL);
	struct seal *other = opened(OTHER, NULL, NULL);
	const char *sealed = seal_text(seal, "test", "secret", &desk->arena);
	size_t length = strlen(sealed);

	for (size_t i = strlen("sealed:1:01234567:"); i < length; i++) {
		char *changed = arena_copy_text(&desk->arena, sealed);

		changed[i] = changed[i] == 'A' ? 'Q' : 'A';
		assert_refuses(seal, "test", changed, "was changed",
			       &desk->arena);
		changed[i] = '\0';
		assert_refuses(seal, "test", changed, "was changed",
			       &desk->arena);
	}
	assert_refuses(seal, "tests", sealed, "was changed", &desk->arena);
	assert_refuses(other, "test", sealed, "another SECRET_KEY",
		       &desk->arena);
	assert_refuses(NULL, "test", sealed, "another SECRET_KEY",
		       &desk->arena);
	assert_refuses(seal, "test", "sealed:1:", "another SECRET_KEY",
		       &desk->arena);
	seal_close(other);
	seal_close(seal);
}

static void
an_old_secret_opens_and_the_new_one_seals(void **state)
{
	struct desk *desk = *state;
	struct seal *before = opened(OTHER, NULL, NULL);
	struct seal *now = opened(SECRET, "x, " OTHER, NULL);
	const char *sealed = seal_text(before, "test", "kept", &desk->arena);

	assert_reads(now, sealed, "kept", &desk->arena);
	assert_false(seal_is_current(now, sealed));
	sealed = seal_text(now, "test", "kept", &desk->arena);
	assert_refuses(before, "test", sealed, "another SECRET_KEY",
		       &desk->arena);
	seal_close(before);
	seal_close(now);
}

static void
a_key_file_is_made_once_for_its_owner_only(void **state)
{
	struct desk *desk = *state;
	struct seal *first = opened("", "", desk->path);
	struct seal *second = opened(NULL, NULL, desk->path);
	struct seal *third = opened(SECRET, NULL, desk->path);
	const char *sealed = seal_text(first, "test", "kept", &desk->arena);
	struct stat info;

	assert_int_equal(stat(desk->path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	assert_reads(second, sealed, "kept", &desk->arena);
	assert_reads(third, sealed, "kept", &desk->arena);
	assert_false(seal_is_current(third, sealed));
	seal_close(first);
	seal_close(second);
	seal_close(third);
}

static void
with_a_secret_no_file_is_made_and_without_both_nothing_is_sealed(void **state)
{
	struct desk *desk = *state;
	struct seal *with = opened(SECRET, NULL, desk->path);
	struct seal *without = opened("", OTHER, NULL);

	assert_int_not_equal(access(desk->path, F_OK), 0);
	assert_string_equal(seal_text(without, "test", "open", &desk->arena),
			    "open");
	assert_true(seal_is_current(without, "open"));
	seal_close(with);
	seal_close(without);
}

#define SCENARIO(f) { #f, f, desk_open, desk_close, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCENARIO(what_is_sealed_hides_the_text_and_gives_it_back),
		SCENARIO(what_was_never_sealed_is_read_as_it_is),
		SCENARIO(
			changed_letters_another_purpose_and_another_key_open_nothing),
		SCENARIO(an_old_secret_opens_and_the_new_one_seals),
		SCENARIO(a_key_file_is_made_once_for_its_owner_only),
		SCENARIO(
			with_a_secret_no_file_is_made_and_without_both_nothing_is_sealed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
