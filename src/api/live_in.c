/* live_in.c - routes of DJs' programs (source clients), as Icecast has them. */
#include "service/live_in.h"

#include <string.h>

#include "api/api.h"
#include "api/forms_people.h"
#include "api/handlers.h"
#include "base/digest.h"
#include "service/limits.h"
#include "service/on_air.h"

#define MOUNTS "/live/"

/* Which channel, and who says so. */
struct entrance {
	int64_t channel_id;
	const char *ending; /* of the mount; NULL: none */
	const char *name, *password;
	struct dj_row dj;
};

/* "12", "12.ogg" */
static bool
mount_parse(const char *text, struct entrance *out)
{
	static const char *const endings[] = { "mp3", "aac", "ogg", "opus" };
	const char *dot = strchr(text, '.');
	size_t length = dot == NULL ? strlen(text) : (size_t)(dot - text);

	if (!span_to_i64((struct span){ text, length }, &out->channel_id))
		return false;
	out->ending = NULL;
	for (size_t i = 0; dot != NULL && i < ARRAY_LENGTH(endings); i++) {
		if (strcmp(dot + 1, endings[i]) == 0)
			out->ending = endings[i];
	}
	return dot == NULL || out->ending != NULL;
}

/* RFC 7617. */
static bool
basic_parse(struct call *call, struct entrance *out)
{
	struct span value, scheme;
	struct buffer pair;
	char *text, *colon;

	if (!http_request_field(call->request, "authorization", &value) ||
	    !span_next(&value, ' ', &scheme) || value.at == NULL ||
	    !span_equal_nocase(scheme, SPAN("basic")))
		return false;
	buffer_init(&pair, 0);
	text = base64_parse(span_trim(value), &pair) ?
		       arena_copy_bytes(call->arena, pair.bytes, pair.length) :
		       NULL;
	colon = text == NULL ? NULL : memchr(text, ':', pair.length);
	if (text != NULL && memchr(text, '\0', pair.length) != NULL)
		colon = NULL;
	buffer_release(&pair);
	if (colon == NULL)
		return false;
	*colon = '\0';
	out->name = text;
	out->password = colon + 1;
	return true;
}

static void
answer_who(struct call *call)
{
	http_answer_field(call->request, "WWW-Authenticate",
			  "Basic realm=\"Ogma\", charset=\"UTF-8\"");
	request_answer_error(call->request, 401, "unauthenticated",
			     (struct span){ 0 });
}

/* False: answered. Before anything else is told. */
static bool
name_given(struct call *call, struct entrance *entrance)
{
	if (basic_parse(call, entrance))
		return true;
	answer_who(call);
	return false;
}

/* False: answered. */
static bool
dj_enters(struct call *call, struct entrance *entrance)
{
	const char *address = http_request_address(call->request);
	uint32_t wait_seconds = 0;
	struct fault fault = { 0 };
	enum status status;

	status = sign_in_dj(call->api->args.access, entrance->channel_id,
			    entrance->name, entrance->password, address,
			    call->arena, &entrance->dj, &wait_seconds, &fault);
	if (status == STATUS_OK)
		limits_return_login(call->api->args.limits, address);
	else if (status == STATUS_UNAUTHENTICATED)
		answer_who(call);
	else
		answer_sign_in_fault(call, &fault, wait_seconds);
	return status == STATUS_OK;
}

/* ---- the stream ----------------------------------------------------------- */

static const char *
hint_of(struct call *call, const struct entrance *entrance)
{
	struct span type;

	if (!http_request_field(call->request, "content-type", &type) ||
	    type.length == 0)
		return live_in_hint(NULL, entrance->ending);
	return live_in_hint(arena_copy_bytes(call->arena, type.at,
					     type.length),
			    entrance->ending);
}

static void
source_work(struct call *call)
{
	struct entrance entrance = { 0 };
	struct fault fault = { 0 };
	const char *hint;
	enum status status;

	if (!name_given(call, &entrance))
		return;
	if (!mount_parse(call_text(call, "mount"), &entrance)) {
		call_answer_not_found(call);
		return;
	}
	if (!dj_enters(call, &entrance))
		return;
	hint = hint_of(call, &entrance);
	if (hint == NULL) {
		fault_set(&fault, STATUS_UNSUPPORTED,
			  "no such stream can be decoded");
		call_answer_fault(call, &fault);
		return;
	}
	status = live_in_begin(call->api->args.in, &entrance.dj, hint,
			       call->request, &fault);
	if (status == STATUS_CONFLICT) /* as Icecast has it */
		fault_field(&fault, STATUS_DENIED, "mount",
			    "somebody else is live");
	if (status != STATUS_OK)
		call_answer_fault(call, &fault);
}

void
handle_live_source(struct call *call)
{
	call_on_password_thread(call, source_work);
}

/* ---- titles --------------------------------------------------------------- */

static const char *
song_of(const struct call *call)
{
	const char *song = call_text(call, "song");
	const char *artist = call_text(call, "artist");
	const char *title = call_text(call, "title");

	if (song != NULL && *song != '\0')
		return song;
	if (title == NULL || *title == '\0')
		return NULL;
	return artist == NULL || *artist == '\0' ?
		       title :
		       arena_print(call->arena, "%s - %s", artist, title);
}

static void
metadata_work(struct call *call)
{
	static const char done[] =
		"<?xml version=\"1.0\"?>\n<iceresponse><message>Metadata "
		"update successful</message><return>1</return></iceresponse>\n";
	const char *mount = call_text(call, "mount");
	struct entrance entrance = { 0 };
	struct fault fault = { 0 };

	if (!name_given(call, &entrance))
		return;
	if (mount == NULL || strncmp(mount, MOUNTS, sizeof MOUNTS - 1) != 0 ||
	    !mount_parse(mount + sizeof MOUNTS - 1, &entrance)) {
		call_answer_not_found(call);
		return;
	}
	if (!dj_enters(call, &entrance))
		return;
	if (song_of(call) == NULL) {
		fault_field(&fault, STATUS_INVALID, "song", "is needed");
		call_answer_fault(call, &fault);
	} else if (on_air_live_title(call->api->args.on_air,
				     entrance.channel_id,
				     entrance.dj.username, song_of(call),
				     &fault) != STATUS_OK) {
		call_answer_fault(call, &fault);
	} else {
		http_answer_bytes(call->request, 200, "text/xml",
				  (struct span){ done, sizeof done - 1 });
	}
}

void
handle_live_metadata(struct call *call)
{
	call_on_password_thread(call, metadata_work);
}
