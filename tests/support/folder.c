/* folder.c - see folder.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/folder.h"

void
test_folder_make(char path[64])
{
	const char *place = getenv("TMPDIR");

	assert_in_range(snprintf(path, 64, "%s/ogma-test-XXXXXX",
				 place != NULL ? place : "/tmp"),
			0, 63);
	assert_non_null(mkdtemp(path));
}

static int
remove_one(const char *path, const struct stat *stat, int flag,
	   struct FTW *walk)
{
	(void)stat;
	(void)flag;
	(void)walk;
	return remove(path);
}

void
test_folder_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void
test_run(const char *format, ...)
{
	char command[2048];
	va_list arguments;

	va_start(arguments, format);
	assert_in_range(vsnprintf(command, sizeof command, format, arguments),
			0, sizeof command - 1);
	va_end(arguments);
	if (system(command) != 0)
		fail_msg("failed: %s", command);
}
