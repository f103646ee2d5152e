/* routes_uploads.h - rows of the route table about files that people send; see
 * routes.c, which alone includes it.
 *
 * Floor: 5 (api).
 */
#ifndef OGMA_API_ROUTES_UPLOADS_H
#define OGMA_API_ROUTES_UPLOADS_H

#include "api/uploads.h"

#define UPLOAD_BODY_MAX ((uint64_t)1 << 40) /* settings say less */

static const struct param upload_list_params[] = {
	PAGE_PARAMS,
	{ .name = "mine", .type = PARAM_BOOL, .preset = "false",
	  .summary = "Only the caller's own, where others' are seen too." },
	{ .name = "batch", .type = PARAM_TEXT,
	  .summary = "Only what was sent together under this name." },
	{ 0 }
};
static const struct param upload_url_body[] = {
	{ .name = "url", .type = PARAM_TEXT, .required = true, .min = 1,
	  .max = 2000, .summary = "Of an audio file; http or https." },
	{ .name = "album", .type = PARAM_TEXT, .nullable = true,
	  .summary = "Where the file's tags name none." },
	{ .name = "artist", .type = PARAM_TEXT, .nullable = true,
	  .summary = "Where the file's tags name none." },
	{ .name = "batch", .type = PARAM_TEXT, .nullable = true,
	  .summary = "The same for files that are sent together." },
	{ 0 }
};

/* clang-format off: rows */
#define UPLOAD_DO(method_, pattern_, handler_, summary_, params_, success_, \
		  answer_, statuses_) \
	.method = (method_), .pattern = API pattern_, \
	.right = USER_ROLE_ARTIST, .others = USER_ROLE_ADMIN, \
	.handler = (handler_), .tag = "uploads", .summary = (summary_), \
	.params = (params_), .success = (success_), .answer = (answer_), \
	.statuses = (statuses_), .fields = no_store
#define UPLOAD_BYTES(intake_, type_) \
	.body_kind = BODY_RAW, .body_type = (type_), \
	.body_max_bytes = UPLOAD_BODY_MAX, .intake = &(intake_)
#define UPLOAD_FORM(pattern_, summary_) \
	{ UPLOAD_DO(HTTP_POST, pattern_, handle_tracks_upload, summary_, \
		    NULL, 202, "UploadOutcomes", "400 409 413 415 422 507 503"), \
	  UPLOAD_BYTES(upload_form_intake, "multipart/form-data") }
#define UPLOAD_OPTIONS(pattern_, params_) \
	{ .method = HTTP_OPTIONS, .pattern = API pattern_, .open = true, \
	  .on_loop = true, .handler = handle_uploads_options, \
	  .tag = "uploads", .params = (params_), \
	  .summary = "What of tus is spoken here.", .success = 204 }

#define UPLOAD_ROWS \
	{ UPLOAD_DO(HTTP_GET, "/uploads", handle_uploads_list, \
		    "What was sent, the newest first: one's own, for admins " \
		    "everybody's.", \
		    upload_list_params, 0, "[Upload]", "503") }, \
	{ UPLOAD_DO(HTTP_POST, "/uploads", handle_upload_post, \
		    "Begins a resumable upload (tus 1.0.0: Upload-Length, " \
		    "Upload-Metadata); bytes may come along.", \
		    NULL, 201, NULL, "400 409 412 413 415 460 507 503"), \
	  UPLOAD_BYTES(upload_creation_intake, \
		       "application/offset+octet-stream") }, \
	UPLOAD_OPTIONS("/uploads", NULL), \
	{ UPLOAD_DO(HTTP_GET, "/uploads/{id}", handle_upload_get, \
		    "One upload. HEAD is tus': how far it is.", id_params, 0, \
		    "Upload", "404 412 503") }, \
	{ UPLOAD_DO(HTTP_PATCH, "/uploads/{id}", handle_upload_patch, \
		    "Goes on with an upload (tus: Upload-Offset).", id_params, \
		    204, NULL, "400 404 409 412 413 415 460 507 503"), \
	  UPLOAD_BYTES(upload_patch_intake, \
		       "application/offset+octet-stream") }, \
	{ UPLOAD_DO(HTTP_DELETE, "/uploads/{id}", handle_upload_delete, \
		    "Forgets an upload that is not complete, or failed.", \
		    id_params, 204, NULL, "404 409 412 503") }, \
	UPLOAD_OPTIONS("/uploads/{id}", id_params), \
	UPLOAD_FORM("/tracks/upload", \
		    "Sends files as a form: fields file (any number), album, " \
		    "artist."), \
	UPLOAD_FORM("/s3/tracks/upload", "The same as /tracks/upload."), \
	{ UPLOAD_DO(HTTP_POST, "/tracks/upload-from-url", \
		    handle_tracks_upload_from_url, \
		    "Has the server fetch a file.", NULL, 202, "Upload", \
		    "409 507 503"), \
	  .body_kind = BODY_JSON, .body = upload_url_body }
/* clang-format on */

#endif /* OGMA_API_ROUTES_UPLOADS_H */
