/* covers.c - pictures of tracks, albums, artists and genres. */
#include "api/api.h"
#include "api/forms.h"
#include "api/cover_art.h"
#include "api/handlers.h"

#include <unistd.h>

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

/* ---- drawn ones ------------------------------------------------------------- */

struct naming {
	struct call *call;
	enum cover_of of;
	int64_t id;
	const char *name;
};

/* A track is drawn as its album is, so that they look alike. */
static enum status
track_name(struct store_session *session, struct naming *naming,
	   struct fault *fault)
{
	struct track track;
	enum status status = tracks_get(session, naming->id,
					naming->call->arena, &track, fault);

	if (status == STATUS_OK)
		naming->name = track.album != NULL ? track.album : track.title;
	return status;
}

static enum status
name_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct naming *naming = cookie;
	struct arena *arena = naming->call->arena;
	struct artist *artist;
	struct album album;
	struct genre genre;
	size_t count = 0;
	enum status status;

	switch (naming->of) {
	case COVER_OF_ALBUM:
		status = albums_get_any(session, naming->id, arena, &album,
					fault);
		naming->name = status == STATUS_OK ? album.title : "";
		return status;
	case COVER_OF_GENRE:
		status = genres_get_any(session, naming->id, arena, &genre,
					fault);
		naming->name = status == STATUS_OK ? genre.name : "";
		return status;
	case COVER_OF_ARTIST:
		status = artists_get_any(session, &naming->id, 1, arena,
					 &artist, &count, fault);
		if (status == STATUS_OK && count == 0)
			return fault_set(fault, STATUS_NOT_FOUND,
					 "there is no such artist");
		naming->name = status == STATUS_OK ? artist->name : "";
		return status;
	default:
		return track_name(session, naming, fault);
	}
}

static void
answer_drawn(struct call *call, enum cover_of of, int64_t id)
{
	struct naming naming = { .call = call, .of = of, .id = id };
	const char *size = call_text(call, "size");
	uint64_t size_px = 300;
	struct buffer body;

	if (size != NULL)
		span_to_u64(span_of(size), &size_px);
	if (!call_read_store(call, name_work, &naming))
		return;
	buffer_init(&body, 0);
	cover_art_draw(call->arena, naming.name, (uint32_t)size_px, &body);
	http_answer_field(call->request, "Cache-Control",
			  "public, max-age=300");
	http_answer_field(call->request, "Content-Security-Policy",
			  "default-src 'none'; style-src 'unsafe-inline'");
	http_answer_buffer(call->request, 200, "image/svg+xml", &body);
}

static void
answer_cover_or_drawn(struct call *call, enum cover_of of)
{
	int64_t id = call_int(call, "id");
	struct cover_file cover;
	struct fault fault = { 0 };
	enum status status = STATUS_OK;

	if (call_int(call, "drawn") != 0) {
		status = cover_open(call->api->args.covers, of, id, 0, false,
				    &cover, &fault);
		if (status == STATUS_OK)
			close(cover.fd);
	}
	if (status == STATUS_NOT_FOUND || status == STATUS_CORRUPT)
		answer_drawn(call, of, id);
	else
		answer_cover(call, of, id, true);
}

void
handle_track_cover(struct call *call)
{
	answer_cover_or_drawn(call, COVER_OF_TRACK);
}

void
handle_album_cover(struct call *call)
{
	answer_cover_or_drawn(call, COVER_OF_ALBUM);
}

void
handle_artist_cover(struct call *call)
{
	answer_cover_or_drawn(call, COVER_OF_ARTIST);
}

void
handle_genre_cover(struct call *call)
{
	answer_cover_or_drawn(call, COVER_OF_GENRE);
}
