/* postgres.h - a real PostgreSQL server for one test program.
 *
 * Started on first use in a temporary folder, on a free port above 20000 of the
 * loopback, as the user "postgres" when the tests run as root (the server
 * refuses root); ended by its pid when the program exits.
 */
#ifndef OGMA_TESTS_SUPPORT_POSTGRES_H
#define OGMA_TESTS_SUPPORT_POSTGRES_H

#include <stdbool.h>
#include <stddef.h>

/* Why there is no server to be had, or NULL. */
const char *postgres_missing(void);

/* Makes a new empty database and writes its DSN. Fails the test when it
 * cannot. */
void postgres_database(char *dsn, size_t size);

/* Kills the server as a crash would, and starts it again on the same port. */
void postgres_kill(void);
void postgres_start(void);

#endif /* OGMA_TESTS_SUPPORT_POSTGRES_H */
