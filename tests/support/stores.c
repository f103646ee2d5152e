/* stores.c - see stores.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "library/migrations.h"
#include "tests/support/folder.h"
#include "tests/support/postgres.h"
#include "tests/support/stores.h"

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

static void
migrate(struct test_store *test)
{
	struct fault fault = { 0 };

	if (migrations_apply(test->store, &fault) != STATUS_OK)
		fail_msg("cannot migrate: %s", fault.message);
}

/* A file of SQLite that has our schema. The first is kept here, for the others
 * of this program. */
static void
file_migrate(struct test_store *test)
{
	static struct buffer kept;

	if (kept.length == 0) {
		test->store = test_store_again(test);
		migrate(test);
		store_close(test->store);
		buffer_init(&kept, 0);
		assert_int_equal(file_read(test->path, 16u << 20, &kept, NULL),
				 STATUS_OK);
	}
	assert_int_equal(file_write(test->path,
				    (struct span){ kept.bytes, kept.length },
				    0600, NULL),
			 STATUS_OK);
}

/* The DSN of a database of PostgreSQL that has our schema and that nobody has
 * open: others are made as its copies. */
static const char *
database_migrated(void)
{
	static struct test_store kept;

	if (kept.path[0] == '\0') {
		postgres_database(kept.path, sizeof kept.path, NULL);
		kept.store = test_store_again(&kept);
		migrate(&kept);
		store_close(kept.store);
	}
	return kept.path;
}

void
test_store_open(struct test_store *test, const char *driver_name,
		bool migrated)
{
	*test = (struct test_store){ 0 };
	if (strcmp(driver_name, "sqlite") == 0) {
		test_folder_make(test->folder);
		snprintf(test->path, sizeof test->path, "%s/ogma.db",
			 test->folder);
		if (migrated)
			file_migrate(test);
	} else {
		if (postgres_missing() != NULL) {
			print_message("# %s\n", postgres_missing());
			skip();
		}
		postgres_database(test->path, sizeof test->path,
				  migrated ? database_migrated() : NULL);
	}
	test->store = test_store_again(test);
	test->driver = test->store->driver;
}

void
test_store_close(struct test_store *test)
{
	store_close(test->store);
	if (test->folder[0] != '\0')
		test_folder_remove(test->folder);
}
