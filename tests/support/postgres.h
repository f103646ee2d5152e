/* postgres.h - a real PostgreSQL server for one test program.
 *
 * The first program that wants one makes a cluster of files and leaves a copy in
 * /tmp for the others and for later runs. The server does not wait for a disk: a
 * test may kill it and loses nothing, since the kernel lives on.
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

/* Makes a new database and writes its DSN: an empty one, or a copy of the one
 * whose DSN is `model`, which nobody may have open. Fails the test when it
 * cannot. */
void postgres_database(char *dsn, size_t size, const char *model);

/* Kills the server as a crash would, and starts it again on the same port. */
void postgres_kill(void);
void postgres_start(void);

#endif /* OGMA_TESTS_SUPPORT_POSTGRES_H */
