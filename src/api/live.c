/* live.c - listening to channels that are on the air: streams, HLS, and the
 * page of them that Icecast has. */
#include "api/handlers.h"

#include <stdlib.h>

#include "api/api.h"
#include "api/channels.h"
#include "api/identify.h"
#include "base/version.h"
#include "service/access.h"
#include "service/hls.h"
#include "service/live_out.h"

/* A public stream may be played by any page. */
static void
cors_for_all(struct call *call)
{
	http_answer_field_drop(call->request, "Access-Control-Allow-Origin");
	http_answer_field(call->request, "Access-Control-Allow-Origin", "*");
}

static struct live_ask
ask_of(const struct call *call, int64_t channel_id)
{
	return (struct live_ask){
		.channel_id = channel_id,
		.user_id = call->caller.user_id,
		.sees_private = call->caller.role >= USER_ROLE_MODERATOR,
		.query = call->sig == NULL ? "" :
					     arena_print(call->arena, "?sig=%s",
							 call->sig),
	};
}

/* "12.mp3" */
static bool
mount_parse(const char *name, int64_t *id, enum media_live_format *format)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL &&
	       span_to_i64((struct span){ name, (size_t)(dot - name) }, id) &&
	       live_format_parse(dot + 1, format);
}

static const char *
mount_path(const struct call *call, int64_t id, enum media_live_format format)
{
	if (format == MEDIA_LIVE_FMP4)
		return arena_print(call->arena, "/live/%lld/index.m3u8",
				   (long long)id);
	return arena_print(call->arena, "/live/%lld.%s", (long long)id,
			   media_live_name(format));
}

/* HEAD: the fields alone. */
static ssize_t
nothing_read(void *cookie, void *room, size_t room_bytes)
{
	(void)cookie;
	(void)room;
	(void)room_bytes;
	return 0;
}

static void
nothing_release(void *cookie)
{
	(void)cookie;
}

static void
answer_head(struct call *call, enum media_live_format format)
{
	static const struct http_source nothing = {
		.read = nothing_read,
		.release = nothing_release,
		.length_bytes = -1,
	};
	struct http_source source = nothing;

	source.content_type = media_live_type(format);
	http_answer_source(call->request, 200, &source);
}

/* Safari asks for the first two bytes before it plays anything. What they are is
 * all the same to it: the next request begins anew. */
static bool
is_probe(const struct call *call)
{
	struct span range;

	return http_request_field(call->request, "range", &range) &&
	       span_equal_nocase(span_trim(range), SPAN("bytes=0-1"));
}

static void
answer_probe(struct call *call, enum media_live_format format)
{
	static const struct span begins[MEDIA_LIVE_FORMATS] = {
		[MEDIA_LIVE_MP3] = { "\xff\xfb", 2 },
		[MEDIA_LIVE_AAC] = { "\xff\xf1", 2 },
		[MEDIA_LIVE_OPUS] = { "Og", 2 },
		[MEDIA_LIVE_VORBIS] = { "Og", 2 },
		[MEDIA_LIVE_FMP4] = { "\0\0", 2 },
	};

	http_answer_field_drop(call->request, "Accept-Ranges");
	http_answer_field(call->request, "Accept-Ranges", "bytes");
	http_answer_field(call->request, "Content-Range", "bytes 0-1/*");
	http_answer_bytes(call->request, 206, media_live_type(format),
			  begins[format]);
}

void
handle_live_listen(struct call *call)
{
	struct live_out *out = call->api->args.out;
	bool head = http_request_method(call->request) == HTTP_HEAD;
	bool probe = !head && is_probe(call);
	enum media_live_format format;
	struct fault fault = { 0 };
	struct live_ask ask;
	enum status status;
	int64_t id;

	if (!mount_parse(call_text(call, "mount"), &id, &format)) {
		call_answer_not_found(call);
		return;
	}
	ask = ask_of(call, id);
	cors_for_all(call);
	status = head || probe ? live_out_describe(out, &ask, format,
						   call->request, &fault) :
				 live_out_listen(out, &ask, format,
						 call->request, &fault);
	if (status != STATUS_OK)
		call_answer_fault(call, &fault);
	else if (head)
		answer_head(call, format);
	else if (probe)
		answer_probe(call, format);
}

/* ---- links for players that cannot sign in ------------------------------ */

static enum status
link_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct call *call = cookie;
	struct channel channel;

	return channel_to_see(session, call, call_int(call, "id"), &channel,
			      fault);
}

void
handle_channel_link(struct call *call)
{
	static const enum media_live_format formats[] = {
		MEDIA_LIVE_MP3, MEDIA_LIVE_AAC, MEDIA_LIVE_OPUS,
		MEDIA_LIVE_VORBIS, MEDIA_LIVE_FMP4,
	};
	int64_t id = call_int(call, "id"), expires_ms = link_expiry(call);
	struct json_writer json;
	struct buffer body;
	const char *sig;

	if (!call_read_store(call, link_work, call))
		return;
	sig = link_sign(call, "channel", id, expires_ms);
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		json_member_text(&json, media_live_name(formats[i]),
				 arena_print(call->arena, "%s?sig=%s",
					     mount_path(call, id, formats[i]),
					     sig));
	}
	json_member_time(&json, "expires_at", expires_ms);
	json_object_end(&json);
	call_answer_json(call, 201, &body);
}

/* ---- HLS ---------------------------------------------------------------- */

void
handle_live_hls_list(struct call *call)
{
	struct live_ask ask = ask_of(call, call_int(call, "id"));
	struct fault fault = { 0 };

	cors_for_all(call);
	if (live_out_hls_list(call->api->args.out, &ask, call->request,
			      &fault) != STATUS_OK)
		call_answer_fault(call, &fault);
}

void
handle_live_hls_file(struct call *call)
{
	struct live_ask ask = ask_of(call, call_int(call, "id"));
	struct fault fault = { 0 };

	cors_for_all(call);
	if (live_out_hls_file(call->api->args.out, &ask,
			      call_text(call, "file"), call->request,
			      &fault) != STATUS_OK)
		call_answer_fault(call, &fault);
}

/* ---- what Icecast tells ------------------------------------------------- */

/* The address people know; without one, what the client asked for. */
static const char *
base_url(const struct call *call)
{
	const char *url = access_settings_of(call->api->args.access)->public_url;
	struct span host;

	if (*url != '\0')
		return url;
	if (!http_request_field(call->request, "host", &host))
		host = SPAN("localhost");
	return arena_print(call->arena, "http://%.*s", (int)host.length,
			   host.at);
}

static void
mount_write(struct json_writer *json, const struct call *call,
	    const struct live_mount *mount)
{
	bool hls = mount->format == MEDIA_LIVE_FMP4;

	json_object_begin(json);
	json_member_int(json, "bitrate", mount->bitrate_kbps);
	json_member_int(json, "listener_peak", mount->peak);
	json_member_int(json, "listeners", mount->listeners);
	json_member_text(json, "listenurl",
			 arena_print(call->arena, "%s%s", base_url(call),
				     mount_path(call, mount->channel_id,
						mount->format)));
	json_member_text(json, "server_description", mount->description);
	json_member_text(json, "server_name", mount->title);
	json_member_text(json, "server_type",
			 hls ? HLS_TYPE : media_live_type(mount->format));
	json_member_time(json, "stream_start_iso8601", mount->started_at_ms);
	json_member_text(json, "title", mount->playing);
	json_object_end(json);
}

/* One source is an object there, several are an array, and none is no member at
 * all; programs that read it expect that. */
void
handle_live_status(struct call *call)
{
	struct live_mount *mounts;
	struct json_writer json;
	struct buffer body;
	size_t count;

	live_out_list(call->api->args.out, call->arena, &mounts, &count);
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_name(&json, "icestats");
	json_object_begin(&json);
	json_member_text(&json, "server_id", "Ogma " OGMA_VERSION);
	json_member_time(&json, "server_start_iso8601",
			 call->api->started_at_ms);
	if (count > 0)
		json_name(&json, "source");
	if (count > 1)
		json_array_begin(&json);
	for (size_t i = 0; i < count; i++)
		mount_write(&json, call, &mounts[i]);
	if (count > 1)
		json_array_end(&json);
	json_object_end(&json);
	json_object_end(&json);
	cors_for_all(call);
	call_answer_json(call, 200, &body);
}
