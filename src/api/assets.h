/* assets.h - the files of the web app, kept inside the program.
 *
 * tools/embed_assets turns web/dist into one object: a table of paths with
 * their bytes, gzip and brotli forms and a content hash.
 *
 * Floor: 5 (api). Threads: constant data.
 */
#ifndef OGMA_API_ASSETS_H
#define OGMA_API_ASSETS_H

#include <stdbool.h>
#include <stdint.h>

#include "net/http.h"

struct asset {
	const char *path; /* "/assets/index-B2x.js" */
	const char *content_type;
	const char *etag;
	const unsigned char *plain, *gzip, *brotli; /* gzip, brotli or NULL */
	uint32_t plain_bytes, gzip_bytes, brotli_bytes;
};

/* Sorted by path; made at build time. */
extern const struct asset assets[];
extern const uint32_t assets_count;

/* True when a GET of this path is for the web app: one of its files, or a page
 * of it (which is index.html). */
bool asset_serves(struct span path);
void asset_answer(struct http_request *request, const char *frame_ancestors);

#endif /* OGMA_API_ASSETS_H */
