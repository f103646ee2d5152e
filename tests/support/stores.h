/* stores.h - an empty, migrated store of each kind for tests.
 *
 * SQLite lives in a new temporary folder; PostgreSQL is a database of its own
 * in a real server that the test program starts once (support/postgres.h).
 */
#ifndef OGMA_TESTS_SUPPORT_STORES_H
#define OGMA_TESTS_SUPPORT_STORES_H

#include <stdbool.h>

#include "driver/store.h"

struct test_store {
	const struct store_driver *driver;
	struct store *store; /* open and migrated */
	char folder[64];     /* of SQLite; "" else */
	char path[128];      /* of the SQLite file, or PostgreSQL's DSN */
};

/* Fails the test when it cannot; skips it (with the reason printed) when the
 * server of that kind is not installed. `migrated`: with our schema. */
void test_store_open(struct test_store *test, const char *driver_name,
		     bool migrated);
void test_store_close(struct test_store *test);

/* Another connection to the same place, as a second process would have it. */
struct store *test_store_again(const struct test_store *test);

#endif /* OGMA_TESTS_SUPPORT_STORES_H */
