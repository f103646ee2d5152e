/* tus.h - the words of tus 1.0.0, resumable uploads over HTTP
 * (https://tus.io/protocols/resumable-upload): what its header fields say.
 *
 * Floor: 5 (api). Threads: pure functions.
 */
#ifndef OGMA_API_TUS_H
#define OGMA_API_TUS_H

#include "base/memory.h"
#include "base/text.h"
#include "service/upload.h"

#define TUS_VERSION "1.0.0"
#define TUS_EXTENSIONS \
	"creation,creation-with-upload,termination,expiration,checksum"
#define TUS_CHECKSUMS "sha1,sha256"
#define TUS_TYPE "application/offset+octet-stream"

/* What Upload-Metadata may say; NULL where it says nothing. */
struct tus_metadata {
	const char *filename, *album, *artist, *batch;
	const char *relative_path; /* of the file in what was dropped */
};

/* "filename d29ybGQ=,batch MQ==": keys once each, values of UTF-8 without
 * control characters and at most 2,000 bytes. Keys that are not known are passed
 * over. STATUS_INVALID. */
enum status tus_metadata_parse(struct span value, struct arena *arena,
			       struct tus_metadata *out, struct fault *fault);

/* The other way; arena-owned. */
const char *tus_metadata_print(const struct upload *upload,
			       struct arena *arena);

/* "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=". STATUS_INVALID also for an algorithm that
 * is not known. */
enum status tus_checksum_parse(struct span value, struct upload_writing *out,
			       struct fault *fault);

#endif /* OGMA_API_TUS_H */
