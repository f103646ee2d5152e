/* test_store_writer.c - SQLite's writer and keeper beside each other; what every
 * store must do is in tests/contract/test_store.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "driver/store.h"
#include "tests/support/folder.h"

#define WAIT_MS 20000

static struct {
	struct store *store;
	atomic_bool stop;
	atomic_uint warnings;
} test;

static void
count_warning(void *cookie, enum log_level level, const char *component,
	      const char *message)
{
	(void)cookie, (void)level, (void)message;
	if (strcmp(component, "store") == 0)
		atomic_fetch_add(&test.warnings, 1);
}

static enum status
make_work(struct store_session *session, void *cookie, struct fault *fault)
{
	(void)cookie;
	return sql_script(session,
			  "create table thing (id integer primary key, "
			  "bytes blob not null); "
			  "create index thing_by_size on thing (length(bytes))",
			  fault);
}

/* A thousand pages; the database is locked for nearly all of the time. */
static enum status
fill_work(struct store_session *session, void *cookie, struct fault *fault)
{
	usleep(2000);
	return sql_exec(session,
			"insert into thing (id, bytes) "
			"values ($1, randomblob(4000000)) on conflict (id) "
			"do update set bytes = excluded.bytes",
			SQL_ARGS(SQL_INT(*(const int *)cookie)), NULL, fault);
}

static void *
fill_without_a_pause(void *cookie)
{
	while (!atomic_load(&test.stop))
		store_write(test.store, fill_work, cookie, NULL);
	return NULL;
}

static enum status
count_statistics(struct store_session *session, void *cookie,
		 struct fault *fault)
{
	int64_t there = 0, *out = cookie;
	enum status status;

	*out = 0;
	status = sql_query_int(session,
			       "select count(*) from sqlite_master "
			       "where name = 'sqlite_stat1'",
			       SQL_NO_ARGS, &there, fault);
	if (status != STATUS_OK || there == 0)
		return status;
	return sql_query_int(session, "select count(*) from sqlite_stat1",
			     SQL_NO_ARGS, out, fault);
}

static void
statistics_are_refreshed_while_others_write_without_a_pause(void **state)
{
	static const int ids[] = { 1, 2, 3 };
	char path[128];
	struct store_sqlite_settings settings = {
		.path = path,
		.readers_max = 2,
		.cache_kib = 512,
		.busy_timeout_ms = 0, /* who waits its turn needs none */
		.relaxed = true,
	};
	int64_t end_ms = clock_monotonic_ms() + WAIT_MS, rows = 0;
	pthread_t threads[ARRAY_LENGTH(ids)];
	char folder[64];

	(void)state;
	test_folder_make(folder);
	snprintf(path, sizeof path, "%s/ogma.db", folder);
	log_set_sink(count_warning, NULL);
	assert_int_equal(store_open(&store_driver_sqlite, &settings,
				    &test.store, NULL),
			 STATUS_OK);
	assert_int_equal(store_write(test.store, make_work, NULL, NULL),
			 STATUS_OK);
	for (size_t i = 0; i < ARRAY_LENGTH(ids); i++)
		pthread_create(&threads[i], NULL, fill_without_a_pause,
			       (void *)(uintptr_t)&ids[i]);
	while (rows == 0 && clock_monotonic_ms() < end_ms)
		assert_int_equal(store_read(test.store, count_statistics, &rows,
					    NULL),
				 STATUS_OK);
	atomic_store(&test.stop, true);
	for (size_t i = 0; i < ARRAY_LENGTH(ids); i++)
		pthread_join(threads[i], NULL);
	store_close(test.store);
	log_set_sink(NULL, NULL);
	assert_true(rows > 0);
	assert_int_equal(atomic_load(&test.warnings), 0);
	test_folder_remove(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			statistics_are_refreshed_while_others_write_without_a_pause),
	};

	return cmocka_run_group_tests_name("store writer", tests, NULL, NULL);
}
