/* s3_private.h - what the files of the S3 client share; see s3.h.
 *
 * Floor: 2 (driver).
 */
#ifndef OGMA_DRIVER_S3_PRIVATE_H
#define OGMA_DRIVER_S3_PRIVATE_H

#include <curl/curl.h>
#include <pthread.h>

#include "driver/s3.h"

#define S3_LINES_KEPT 8

/* libcurl's handles of one exchange, with their connection. */
struct s3_line {
	CURLM *multi;
	CURL *easy;
};

struct s3_client {
	char *endpoint, *host; /* host: after "://" */
	char *region, *access_key, *secret_key, *ca_file;
	bool path_style;
	uint32_t timeout_ms;

	pthread_mutex_t lock; /* of what follows */
	struct s3_line kept[S3_LINES_KEPT];
	unsigned kept_count;
	int64_t down_until_ms; /* clock_monotonic_ms(); 0: it answers */
};

#endif /* OGMA_DRIVER_S3_PRIVATE_H */
