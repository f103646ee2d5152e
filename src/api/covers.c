/* covers.c - pictures of tracks, albums, artists and genres. */
#include "api/api.h"
#include "api/forms.h"
#include "api/handlers.h"
#include "service/cover_art.h"

static bool
takes_webp(const struct call *call)
{
	struct span accept;

	return http_request_field(call->request, "accept", &accept) &&
	       memmem(accept.at, accept.length, "image/webp", 10) != NULL;
}

static uint32_t
size_asked(const struct call *call)
{
	const char *size = call_text(call, "size");
	uint64_t size_px = 0;

	if (size != NULL) /* a choice: it reads well */
		span_to_u64(span_of(size), &size_px);
	return (uint32_t)size_px;
}

static void
answer_picture(struct call *call, const struct cover_file *cover, bool shared,
	       bool lasting)
{
	struct http_file file = { .fd = cover->fd,
				  .size_bytes = cover->size_bytes,
				  .content_type = cover->content_type,
				  .etag = cover->etag,
				  .modified_ms = cover->modified_ms };

	http_answer_field(call->request, "Vary", "Accept");
	http_answer_field(call->request, "Cache-Control",
			  !shared ? "private, max-age=300" :
			  lasting ? "public, max-age=31536000, immutable" :
				    "public, max-age=300");
	http_answer_file(call->request, &file);
}

/* ---- drawn ones ------------------------------------------------------------- */

static void
answer_svg(struct call *call, const char *name, bool shared)
{
	uint32_t size_px = size_asked(call);
	struct buffer body;

	buffer_init(&body, 0);
	cover_art_svg(call->arena, name, size_px == 0 ? 300 : size_px, &body);
	http_answer_field(call->request, "Cache-Control",
			  shared ? "public, max-age=300" :
				   "private, max-age=300");
	http_answer_field(call->request, "Content-Security-Policy",
			  "default-src 'none'");
	http_answer_buffer(call->request, 200, "image/svg+xml", &body);
}

static void
answer_drawn(struct call *call, const char *name, bool shared)
{
	struct cover_file cover;
	struct fault fault = { 0 };

	if (call_value(call, "drawn")->given && call_int(call, "drawn") == 0) {
		call_answer_not_found(call);
	} else if (call_int(call, "drawn") != 0) {
		http_answer_field(call->request, "X-Cover", "drawn");
		answer_svg(call, name, shared);
	} else if (cover_draw(call->api->args.covers, name, size_asked(call),
			      takes_webp(call), &cover, &fault) == STATUS_OK) {
		http_answer_field(call->request, "X-Cover", "drawn");
		answer_picture(call, &cover, shared, false);
	} else {
		call_answer_fault(call, &fault);
	}
}

struct naming {
	struct call *call;
	enum cover_of of;
	int64_t id;
	const char *name;
};

static enum status
name_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct naming *naming = cookie;

	return cover_name(session, naming->of, naming->id,
			  naming->call->arena, &naming->name, fault);
}

/* ---- all ----------------------------------------------------------------------- */

void
answer_cover(struct call *call, enum cover_of of, int64_t id,
	     const char *name, bool shared)
{
	struct naming naming = { call, of, id, name };
	struct cover_file cover;
	struct fault fault = { 0 };
	enum status status =
		id == 0 ? STATUS_NOT_FOUND :
			  cover_open(call->api->args.covers, of, id,
				     size_asked(call), takes_webp(call),
				     &cover, &fault);

	if (status == STATUS_OK)
		answer_picture(call, &cover, shared,
			       call_value(call, "v")->given);
	/* A picture that nobody can read is as good as none. */
	else if (status != STATUS_NOT_FOUND && status != STATUS_CORRUPT)
		call_answer_fault(call, &fault);
	else if (name != NULL || call_read_store(call, name_work, &naming))
		answer_drawn(call, naming.name, shared);
}

static void
answer_cover_of(struct call *call, enum cover_of of)
{
	answer_cover(call, of, call_int(call, "id"), NULL, true);
}

void
handle_track_cover(struct call *call)
{
	answer_cover_of(call, COVER_OF_TRACK);
}

void
handle_album_cover(struct call *call)
{
	answer_cover_of(call, COVER_OF_ALBUM);
}

void
handle_artist_cover(struct call *call)
{
	answer_cover_of(call, COVER_OF_ARTIST);
}

void
handle_genre_cover(struct call *call)
{
	answer_cover_of(call, COVER_OF_GENRE);
}
