/* assets.c - the files of the web app, served from memory; see assets.h. */
#include "api/assets.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

/* Paths that belong to the server; a page of the web app never starts so. */
static const char *const server_paths[] = { "/api/",	"/stream/", "/live/",
					    "/health",	"/metrics", "/ws/",
					    "/openapi", "/admin/api/" };

static const struct asset *
asset_find(struct span path)
{
	uint32_t low = 0, high = assets_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		size_t length = strlen(assets[middle].path);
		size_t shorter = length < path.length ? length : path.length;
		int order = memcmp(assets[middle].path, path.at, shorter);

		if (order == 0 && length == path.length)
			return &assets[middle];
		if (order < 0 || (order == 0 && length < path.length))
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* A name with a dot in its last segment is a file, never a page. */
static bool
looks_like_file(struct span path)
{
	for (size_t i = path.length; i > 0 && path.at[i - 1] != '/'; i--) {
		if (path.at[i - 1] == '.')
			return true;
	}
	return false;
}

static const struct asset *
asset_for(struct span path)
{
	const struct asset *asset = asset_find(path);
	char index[128];

	if (asset != NULL)
		return asset;
	for (size_t i = 0; i < ARRAY_LENGTH(server_paths); i++) {
		if (span_starts(path, span_of(server_paths[i])))
			return NULL;
	}
	if (looks_like_file(path))
		return NULL;
	/* /docs and /docs/ are folders with an index of their own. */
	while (path.length > 0 && path.at[path.length - 1] == '/')
		path.length--;
	if (path.length < sizeof index - 12) {
		int length = snprintf(index, sizeof index, "%.*s/index.html",
				      (int)path.length, path.at);

		asset = asset_find((struct span){ index, (size_t)length });
	}
	return asset != NULL ? asset : asset_find(SPAN("/index.html"));
}

bool
asset_serves(struct span path)
{
	return asset_for(path) != NULL;
}

#define SHA256_OF_NOTHING "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static void
page_fields(struct http_request *request, const char *path,
	    const char *frame_ancestors)
{
	/* ReDoc fills <style> elements by script, which a policy takes for
	 * inline ones that say nothing: this is the digest of nothing. Its
	 * search is a worker that it makes itself. */
	bool redoc = strncmp(path, "/redoc/", 7) == 0;

	http_answer_field(
		request, "Content-Security-Policy",
		arena_print(http_request_arena(request),
			    "default-src 'self'; img-src 'self' data: blob:; "
			    "media-src 'self' blob:; style-src 'self'%s; "
			    "script-src 'self'; connect-src 'self'; "
			    "worker-src 'self'%s; object-src 'none'; "
			    "base-uri 'none'; form-action 'self'; "
			    "frame-ancestors %s",
			    redoc ? " 'sha256-" SHA256_OF_NOTHING "'" : "",
			    redoc ? " blob:" : "", frame_ancestors));
	http_answer_field(request, "Permissions-Policy",
			  "camera=(), microphone=(), geolocation=()");
}

void
asset_answer(struct http_request *request, const char *frame_ancestors)
{
	const struct asset *asset = asset_for(http_request_path(request));
	const unsigned char *bytes = asset->plain;
	uint32_t count = asset->plain_bytes;
	const char *encoding = NULL;

	if (asset->brotli != NULL && http_request_accepts(request, "br") > 0) {
		encoding = "br";
		bytes = asset->brotli;
		count = asset->brotli_bytes;
	} else if (asset->gzip != NULL && http_request_accepts(request, "gzip") > 0) {
		encoding = "gzip";
		bytes = asset->gzip;
		count = asset->gzip_bytes;
	}
	if (strncmp(asset->content_type, "text/html", 9) == 0)
		page_fields(request, asset->path, frame_ancestors);
	/* Vite puts a hash into the names under /assets/. */
	http_answer_field(request, "Cache-Control",
			  strncmp(asset->path, "/assets/", 8) == 0 ?
				  "public, max-age=31536000, immutable" :
				  "no-cache");
	http_answer_etag(request, asset->etag, true);
	http_answer_static(request, 200, asset->content_type, encoding,
			   (struct span){ (const char *)bytes, count });
}
