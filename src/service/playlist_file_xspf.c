/* playlist_file_xspf.c - XSPF (xspf.org, version 1) by expat.
 *
 * Only the elements that say what a track is are looked at; prefixes of
 * namespaces are cut off. A document type ends the reading: without one there
 * are no entities but XML's own five, so nothing can be expanded or fetched. */
#include <expat.h>
#include <string.h>

#include "base/digest.h"
#include "service/playlist_file_private.h"

#define DEPTH_MAX 32
#define AUDIO_URN "urn:ogma:audio:"

/* What the text of an element is for. */
enum xspf_text {
	XSPF_NOTHING,
	XSPF_TITLE,
	XSPF_NOTE,
	XSPF_LOCATION,
	XSPF_CREATOR,
	XSPF_ALBUM,
	XSPF_DURATION,
	XSPF_IDENTIFIER,
};

static const struct {
	const char *name;
	enum xspf_text text;
	bool of_track, of_playlist;
} elements[] = {
	{ "title", XSPF_TITLE, true, true },
	{ "annotation", XSPF_NOTE, false, true },
	{ "location", XSPF_LOCATION, true, false },
	{ "creator", XSPF_CREATOR, true, false },
	{ "album", XSPF_ALBUM, true, false },
	{ "duration", XSPF_DURATION, true, false },
	{ "identifier", XSPF_IDENTIFIER, true, false },
};

struct xspf {
	struct file_reading *reading;
	XML_Parser parser;
	struct fault *fault;
	enum status status;
	int depth;
	bool is_playlist; /* the root is one */
	int track_depth;  /* of the <track> we are in; 0: in none */
	enum xspf_text wanted;
	int wanted_depth;
	struct track_wanted track;
	struct buffer text;
};

static void
stop(struct xspf *xspf, const char *sentence)
{
	if (xspf->status == STATUS_OK)
		xspf->status = fault_field(xspf->fault, STATUS_INVALID, "file",
					   "%s", sentence);
	XML_StopParser(xspf->parser, XML_FALSE);
}

static const char *
local_name(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon == NULL ? name : colon + 1;
}

static void
text_want(struct xspf *xspf, const char *name)
{
	bool in_track =
		xspf->track_depth != 0 && xspf->depth == xspf->track_depth + 1;
	bool in_playlist = xspf->depth == 2;

	for (size_t i = 0; i < ARRAY_LENGTH(elements); i++) {
		if (strcmp(elements[i].name, name) != 0 ||
		    !((elements[i].of_track && in_track) ||
		      (elements[i].of_playlist && in_playlist)))
			continue;
		xspf->wanted = elements[i].text;
		xspf->wanted_depth = xspf->depth;
		buffer_clear(&xspf->text);
	}
}

static void
on_start(void *cookie, const XML_Char *name, const XML_Char **attributes)
{
	struct xspf *xspf = cookie;

	(void)attributes;
	name = local_name(name);
	if (++xspf->depth > DEPTH_MAX) {
		stop(xspf, "the XML is nested too deep");
		return;
	}
	if (xspf->depth == 1) {
		xspf->is_playlist = strcmp(name, "playlist") == 0;
		if (!xspf->is_playlist)
			stop(xspf, "the XML is no playlist");
	} else if (xspf->depth == 3 && strcmp(name, "track") == 0) {
		xspf->track_depth = xspf->depth;
		xspf->track = (struct track_wanted){ 0 };
	} else if (xspf->wanted == XSPF_NOTHING) {
		text_want(xspf, name);
	}
}

static void
on_text(void *cookie, const XML_Char *text, int length)
{
	struct xspf *xspf = cookie;

	if (xspf->wanted != XSPF_NOTHING &&
	    xspf->text.length < PLAYLIST_FILE_TEXT_MAX * 2)
		buffer_add(&xspf->text, text, (size_t)length);
}

static void
identifier_take(struct xspf *xspf, const char *text)
{
	size_t start = sizeof AUDIO_URN - 1;

	if (strncmp(text, AUDIO_URN, start) == 0 &&
	    strlen(text + start) == 2 * TRACK_AUDIO_KEY_BYTES)
		xspf->track.has_audio_key =
			hex_parse(span_of(text + start), xspf->track.audio_key,
				  TRACK_AUDIO_KEY_BYTES);
}

static void
text_take(struct xspf *xspf)
{
	const char *text =
		reading_text(xspf->reading, (struct span){ xspf->text.bytes,
							   xspf->text.length });
	struct track_wanted *track = &xspf->track;
	struct playlist_file *file = &xspf->reading->file;
	uint64_t number = 0;

	if (text == NULL)
		return;
	if (xspf->track_depth == 0) {
		if (xspf->wanted == XSPF_TITLE)
			file->title = text;
		else
			file->description = text;
		return;
	}
	if (xspf->wanted == XSPF_TITLE)
		track->title = text;
	else if (xspf->wanted == XSPF_CREATOR)
		track->artist = text;
	else if (xspf->wanted == XSPF_ALBUM)
		track->album = text;
	else if (xspf->wanted == XSPF_LOCATION && track->path == NULL)
		track->path = reading_address(xspf->reading, text);
	else if (xspf->wanted == XSPF_IDENTIFIER)
		identifier_take(xspf, text);
	else if (xspf->wanted == XSPF_DURATION &&
		 span_to_u64(span_of(text), &number) && number < 864000000)
		track->duration_ms = (int64_t)number;
}

static void
on_end(void *cookie, const XML_Char *name)
{
	struct xspf *xspf = cookie;
	struct track_wanted *entry;

	(void)name;
	if (xspf->wanted != XSPF_NOTHING && xspf->depth == xspf->wanted_depth) {
		text_take(xspf);
		xspf->wanted = XSPF_NOTHING;
	}
	if (xspf->track_depth != 0 && xspf->depth == xspf->track_depth) {
		xspf->track_depth = 0;
		entry = reading_add(xspf->reading, xspf->fault);
		if (entry != NULL) {
			*entry = xspf->track;
		} else {
			xspf->status = STATUS_INVALID;
			XML_StopParser(xspf->parser, XML_FALSE);
		}
	}
	xspf->depth--;
}

static void
on_doctype(void *cookie, const XML_Char *name, const XML_Char *system_id,
	   const XML_Char *public_id, int has_subset)
{
	(void)name;
	(void)system_id;
	(void)public_id;
	(void)has_subset;
	stop(cookie, "a playlist needs no document type");
}

enum status
xspf_read(struct file_reading *reading, struct span bytes, struct fault *fault)
{
	struct xspf xspf = { .reading = reading,
			     .fault = fault,
			     .parser = XML_ParserCreate(NULL) };

	if (xspf.parser == NULL)
		return fault_set(fault, STATUS_FAILED, "cannot read XML");
	buffer_init(&xspf.text, PLAYLIST_FILE_BYTES_MAX);
	XML_SetUserData(xspf.parser, &xspf);
	XML_SetElementHandler(xspf.parser, on_start, on_end);
	XML_SetCharacterDataHandler(xspf.parser, on_text);
	XML_SetStartDoctypeDeclHandler(xspf.parser, on_doctype);
	reading->file.encoding = "UTF-8";
	if (XML_Parse(xspf.parser, bytes.at, (int)bytes.length, XML_TRUE) !=
		    XML_STATUS_OK &&
	    xspf.status == STATUS_OK)
		xspf.status = fault_field(
			fault, STATUS_INVALID, "file", "line %lu: %.200s",
			(unsigned long)XML_GetCurrentLineNumber(xspf.parser),
			XML_ErrorString(XML_GetErrorCode(xspf.parser)));
	XML_ParserFree(xspf.parser);
	buffer_release(&xspf.text);
	return xspf.status;
}

/* ---- writing --------------------------------------------------------------
 */

/* What XML 1.0 cannot hold at all is left out. */
static void
add_escaped(struct buffer *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '&')
			buffer_add_text(out, "&amp;");
		else if (*text == '<')
			buffer_add_text(out, "&lt;");
		else if (*text == '>')
			buffer_add_text(out, "&gt;");
		else if ((unsigned char)*text >= ' ' || *text == '\n' ||
			 *text == '\t')
			buffer_add_char(out, *text);
	}
}

static void
add_element(struct buffer *out, const char *indent, const char *name,
	    const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	buffer_print(out, "%s<%s>", indent, name);
	add_escaped(out, text);
	buffer_print(out, "</%s>\n", name);
}

/* A relative address (RFC 3986). */
static void
add_address(struct buffer *out, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~/";

	/* "a:b" would be a scheme. */
	if (strchr(path, ':') != NULL)
		buffer_add_text(out, "./");
	for (; *path != '\0'; path++) {
		if (strchr(plain, *path) != NULL)
			buffer_add_char(out, *path);
		else
			buffer_print(out, "%%%02X", (unsigned char)*path);
	}
}

static void
track_write(const struct track_place *track, struct buffer *out)
{
	char key[2 * TRACK_AUDIO_KEY_BYTES + 1];

	hex_print(track->audio_key, TRACK_AUDIO_KEY_BYTES, key);
	buffer_add_text(out, "\t\t<track>\n\t\t\t<location>");
	add_address(out, track->path);
	buffer_print(out, "</location>\n\t\t\t<identifier>%s%s</identifier>\n",
		     AUDIO_URN, key);
	add_element(out, "\t\t\t", "title", track->title);
	add_element(out, "\t\t\t", "creator", track->artist);
	add_element(out, "\t\t\t", "album", track->album);
	buffer_print(out, "\t\t\t<duration>%lld</duration>\n\t\t</track>\n",
		     (long long)track->duration_ms);
}

void
xspf_write(const struct playlist_export *what, struct buffer *out)
{
	buffer_add_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			     "<playlist version=\"1\" "
			     "xmlns=\"http://xspf.org/ns/0/\">\n");
	add_element(out, "\t", "title", what->title);
	add_element(out, "\t", "annotation", what->description);
	buffer_add_text(out, "\t<trackList>\n");
	for (size_t i = 0; i < what->count; i++)
		track_write(&what->tracks[i], out);
	buffer_add_text(out, "\t</trackList>\n</playlist>\n");
}
