/* uploads.h - what the routes of uploads share.
 *
 * Floor: 5 (api). Threads: a call's.
 */
#ifndef OGMA_API_UPLOADS_H
#define OGMA_API_UPLOADS_H

#include "api/call.h"
#include "api/intake.h"
#include "library/tracks.h"
#include "service/upload.h"

/* What takes the bodies: tus' first bytes and further ones (uploads.c), and forms
 * (upload_forms.c). */
extern const struct route_intake upload_creation_intake;
extern const struct route_intake upload_patch_intake;
extern const struct route_intake upload_form_intake;

/* An upload as JSON. `track`: of one that is done, NULL when it is not there (any
 * more). */
void form_upload(struct json_writer *json, const struct call *call,
		 const struct upload *upload, const struct track *track);

/* Answers with one upload as it is now. */
void upload_answer(struct call *call, int64_t id, unsigned status);

/* Text of a person as a name of a file or an album: NULL when it is NULL, empty
 * or blank; cut to so many characters. Arena-owned. */
const char *upload_word(struct arena *arena, const char *text,
			size_t characters);

/* "a/b/song.mp3" → "song.mp3"; "upload" when nothing is left. */
const char *upload_file_name(struct arena *arena, const char *text);

#endif /* OGMA_API_UPLOADS_H */
