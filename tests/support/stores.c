/* stores.c - see stores.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "library/migrations.h"
#include "tests/support/postgres.h"
#include "tests/support/stores.h"

void
test_folder_make(char path[64])
{
	snprintf(path, 64, "/tmp/ogma-test-XXXXXX");
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

struct store *
test_store_again(const struct test_store *test)
{
	const struct store_sqlite_settings sqlite = {
		.path = test->path,
		.readers_max = 4,
		.cache_kib = 512,
		.busy_timeout_ms = 10000,
	};
	const struct store_postgres_settings postgres = {
		.dsn = test->path,
		.database_url = "",
		.pool_min = 1,
		.pool_max = 8,
		.init_retries = 1,
		.statement_timeout_ms = 30000,
		.connect_timeout_seconds = 5,
		.prepare = true,
	};
	struct store *store = NULL;
	struct fault fault = { 0 };
	enum status status =
		store_open_by_settings(&sqlite,
				       test->folder[0] != '\0'
					       ? &(struct store_postgres_settings){
							 .dsn = "",
							 .database_url = "" }
					       : &postgres,
				       &store, &fault);

	if (status != STATUS_OK)
		fail_msg("cannot open the store: %s", fault.message);
	return store;
}

void
test_store_open(struct test_store *test, const char *driver_name,
		bool migrated)
{
	struct fault fault = { 0 };

	*test = (struct test_store){ 0 };
	if (strcmp(driver_name, "sqlite") == 0) {
		test_folder_make(test->folder);
		snprintf(test->path, sizeof test->path, "%s/ogma.db",
			 test->folder);
	} else {
		if (postgres_missing() != NULL) {
			print_message("# %s\n", postgres_missing());
			skip();
		}
		postgres_database(test->path, sizeof test->path);
	}
	test->store = test_store_again(test);
	test->driver = test->store->driver;
	if (migrated && migrations_apply(test->store, &fault) != STATUS_OK)
		fail_msg("cannot migrate: %s", fault.message);
}

void
test_store_close(struct test_store *test)
{
	store_close(test->store);
	if (test->folder[0] != '\0')
		test_folder_remove(test->folder);
}
