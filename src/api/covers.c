/* covers.c - pictures of tracks, albums, artists and genres. */
#include "api/api.h"
#include "api/forms.h"
#include "api/handlers.h"

static bool
takes_webp(const struct call *call)
{
	struct span accept;

	return http_request_field(call->request, "accept", &accept) &&
	       memmem(accept.at, accept.length, "image/webp", 10) != NULL;
}

void
answer_cover(struct call *call, enum cover_of of, int64_t id, bool shared)
{
	const char *size = call_text(call, "size");
	struct fault fault = { 0 };
	uint64_t size_px = 0;
	struct cover_file cover;
	struct http_file file;

	if (size != NULL) /* a choice: it reads well */
		span_to_u64(span_of(size), &size_px);
	if (cover_open(call->api->args.covers, of, id, (uint32_t)size_px,
		       takes_webp(call), &cover, &fault) != STATUS_OK) {
		/* A picture that nobody can read is as good as none. */
		if (fault.status == STATUS_CORRUPT)
			call_answer_not_found(call);
		else
			call_answer_fault(call, &fault);
		return;
	}
	file = (struct http_file){ .fd = cover.fd,
				   .size_bytes = cover.size_bytes,
				   .content_type = cover.content_type,
				   .etag = cover.etag,
				   .modified_ms = cover.modified_ms };
	http_answer_field(call->request, "Vary", "Accept");
	if (!shared)
		http_answer_field(call->request, "Cache-Control",
				  "private, max-age=300");
	else
		http_answer_field(call->request, "Cache-Control",
				  call_value(call, "v")->given ?
					  "public, max-age=31536000, immutable" :
					  "public, max-age=300");
	http_answer_file(call->request, &file);
}

void
handle_track_cover(struct call *call)
{
	answer_cover(call, COVER_OF_TRACK, call_int(call, "id"), true);
}

void
handle_album_cover(struct call *call)
{
	answer_cover(call, COVER_OF_ALBUM, call_int(call, "id"), true);
}

void
handle_artist_cover(struct call *call)
{
	answer_cover(call, COVER_OF_ARTIST, call_int(call, "id"), true);
}

void
handle_genre_cover(struct call *call)
{
	answer_cover(call, COVER_OF_GENRE, call_int(call, "id"), true);
}
