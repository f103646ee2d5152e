/* outbox.h - what changed, for those who derive something from the library
 * (the search index).
 *
 * Each change of a track, album, artist or playlist writes one row in the same
 * transaction. Sequence numbers grow in the order of commits, so a reader keeps
 * the number it has carried and asks for what comes after. Several readers may
 * follow at their own pace. Rows are kept until trimmed; a reader that fell
 * behind a trim is told so and rebuilds from library/documents.h.
 *
 * Floor: 3 (library). Threads: as the session.
 */
#ifndef OGMA_LIBRARY_OUTBOX_H
#define OGMA_LIBRARY_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/search.h"
#include "driver/store.h"

#define OUTBOX_KEEP_ROWS 2000000 /* more, and the oldest are trimmed */

struct outbox_row {
	int64_t seq;
	enum search_kind kind;
	int64_t id;
};

/* The first rows after `after_seq`, at most `room`. STATUS_OUT_OF_RANGE when
 * rows after it were trimmed already: rebuild. */
enum status outbox_read(struct store_session *session, int64_t after_seq,
			struct outbox_row *out, size_t room, size_t *count,
			struct fault *fault);

/* The newest number (0: none yet). In the same session as documents_each() it
 * says where the rebuilt index goes on from. */
enum status outbox_newest(struct store_session *session, int64_t *seq,
			  struct fault *fault);

/* Drops the rows up to and with `seq`. */
enum status outbox_trim(struct store_session *session, int64_t seq,
			struct fault *fault);

/* For the parts of the library that write outside catalogue_write(): takes the
 * lock that keeps numbers in commit order, so call it before any other
 * statement of the work; then outbox_add(). */
enum status outbox_begin(struct store_session *session, struct fault *fault);
enum status outbox_add(struct store_session *session, enum search_kind kind,
		       int64_t id, struct fault *fault);

#endif /* OGMA_LIBRARY_OUTBOX_H */
