/* s3_server.h - a real S3 server for one test program (tests/support/
 * s3_server.py), on loopback in a temporary folder. Started on first use, in
 * about a second; it ends with the program.
 */
#ifndef OGMA_TESTS_SUPPORT_S3_SERVER_H
#define OGMA_TESTS_SUPPORT_S3_SERVER_H

#include "driver/s3.h"

#define S3_SERVER_BUCKET "tracks" /* made with the server */

/* Why there is none to be had, or NULL. */
const char *s3_server_missing(void);

/* Where it is and how it knows us; all texts live as long as the program. */
struct s3_server s3_server_place(void);

/* A client of it; s3_close(). */
struct s3_client *s3_server_client(void);

/* The same server behind TLS (tests/support/tls_front.py), which is good for the
 * names localhost, s3.localhost and those below it; buckets are also hosts below
 * s3.localhost. `name` with the port is its endpoint, and *ca_file the only
 * certificates that speak for it. */
struct s3_server s3_server_tls_place(const char *name);

/* Kills it, and starts it anew on the same port without what it had. */
void s3_server_kill(void);
void s3_server_start(void);

/* While it is held it answers nobody. */
void s3_server_hold(void);
void s3_server_let_go(void);

#endif /* OGMA_TESTS_SUPPORT_S3_SERVER_H */
