/* protocol.h - the words between the server and its media processes.
 *
 * One SOCK_SEQPACKET socket pair per process; one question at a time. A message
 * is a head (type, length of the body) and a body. The first packet carries the
 * head and as much of the body as fits PROTOCOL_PACKET_BYTES, the rest follows
 * in packets of the same size, so that most exchanges are one packet each way.
 * Descriptors travel with the first packet. Both programs come from one build;
 * numbers are in native order.
 *
 * Neither side trusts the other: lengths are bounded before memory is asked
 * for, and a body is read by a cursor that never passes its end and says at the
 * end whether it was right. The server also bounds how long it waits.
 *
 *	server			process
 *				READY (what the sandbox could not do)
 *	PROBE + fd		FACTS | FAULT
 *	THUMBNAIL		THUMBNAIL_DONE | FAULT
 *	ANALYSE + fd		PROGRESS … ANALYSIS | FAULT
 *	WRITE_TAGS + fd		TAGS_WRITTEN | FAULT; the file is written
 *	TRANSCODE + 2 fds	PROGRESS … DONE | FAULT
 *	DECODE + 2 fds		TITLE … DONE | FAULT, samples go down the second
 *	ENCODE + 2 fds		DONE | FAULT, packets go down the second
 *	PUSH + fd		PROGRESS (connected), then DONE | FAULT; packets
 *				come from the descriptor
 *	PICTURE (during PUSH)
 *	CANCEL (during one)	FAULT cancelled
 *
 * Floor: 1 (media). Threads: a socket belongs to one thread at a time.
 */
#ifndef OGMA_MEDIA_PROTOCOL_H
#define OGMA_MEDIA_PROTOCOL_H

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "media/analysis.h"
#include "media/facts.h"
#include "media/live.h"
#include "media/media.h"
#include "media/push.h"

#define PROTOCOL_SOCKET 3 /* the process finds its end here */
#define PROTOCOL_PACKET_BYTES 65536
#define PROTOCOL_BODY_MAX (34u << 20) /* a picture and texts */
#define PROTOCOL_FDS_MAX 2
#define PROTOCOL_NAME_MAX 255

enum protocol_type {
	PROTOCOL_READY = 1,
	PROTOCOL_PROBE,
	PROTOCOL_THUMBNAIL,
	PROTOCOL_ANALYSE,
	PROTOCOL_TRANSCODE,
	PROTOCOL_DECODE,
	PROTOCOL_ENCODE,
	PROTOCOL_PUSH,
	PROTOCOL_PICTURE,
	PROTOCOL_WRITE_TAGS,
	PROTOCOL_CANCEL,
	PROTOCOL_FACTS,
	PROTOCOL_THUMBNAIL_DONE,
	PROTOCOL_ANALYSIS,
	PROTOCOL_TAGS_WRITTEN,
	PROTOCOL_PROGRESS,
	PROTOCOL_TITLE, /* a text; left out when the server does not read */
	PROTOCOL_DONE,
	PROTOCOL_FAULT,
	PROTOCOL_TYPE_COUNT
};

struct protocol_message {
	enum protocol_type type;
	struct buffer body;
	int fds[PROTOCOL_FDS_MAX]; /* owned; -1 where there is none */
};

void protocol_message_init(struct protocol_message *message);
void protocol_message_release(struct protocol_message *message);

/* Sends all of it. deadline_ms: of clock_monotonic_ms(), 0 waits for ever.
 * STATUS_TIMED_OUT; STATUS_UNAVAILABLE: the other side is gone. */
enum status protocol_send(int socket, enum protocol_type type,
			  struct span body, const int *fds, size_t fd_count,
			  int64_t deadline_ms, struct fault *fault);

/* Receives one message into `message` (cleared first). STATUS_CORRUPT: it breaks
 * the rules; others as above. STATUS_AGAIN_LATER when deadline_ms is
 * PROTOCOL_NO_WAIT and nothing is there. */
#define PROTOCOL_NO_WAIT (-1)
enum status protocol_receive(int socket, struct protocol_message *message,
			     int64_t deadline_ms, struct fault *fault);

/* ---- bodies ---- */

/* Takes numbers and texts off a body. After a value that does not fit, `bad`
 * is set and all that follow are 0. */
struct wire_reader {
	const char *at, *end;
	bool bad;
};

void wire_reader_init(struct wire_reader *reader, struct span body);
/* True when all was read and nothing is left. */
bool wire_reader_done(const struct wire_reader *reader);
uint32_t wire_take_u32(struct wire_reader *reader);
uint64_t wire_take_u64(struct wire_reader *reader);
double wire_take_double(struct wire_reader *reader);
struct span wire_take_bytes(struct wire_reader *reader); /* borrowed */
/* NULL for "none"; arena-owned; bad unless it is UTF-8 without NUL. */
const char *wire_take_text(struct wire_reader *reader, struct arena *arena);

void wire_add_u32(struct buffer *out, uint32_t value);
void wire_add_u64(struct buffer *out, uint64_t value);
void wire_add_double(struct buffer *out, double value);
void wire_add_bytes(struct buffer *out, struct span bytes);
void wire_add_text(struct buffer *out, const char *text); /* NULL allowed */

/* What is asked and answered; each reader returns false for a bad body. */
struct wire_probe {
	unsigned flags;
	bool known;
	uint8_t known_picture[SHA256_BYTES];
	const char *name_hint;
};

struct wire_thumbnail {
	uint32_t size_px;
	enum media_picture_format format;
	struct span picture;
};

struct wire_transcode {
	struct media_target target;
	int64_t offset_ms;
	bool quiet; /* not sent: within the process, no PROGRESS */
};

struct wire_decode {
	int64_t offset_ms;
	const char *hint; /* NULL: by the first bytes */
};

struct wire_encode {
	enum media_live_format format;
	uint32_t bitrate_kbps;
};

struct wire_push {
	const char *url;     /* with its key */
	const char *ca_file; /* NULL: the system's certificates */
	enum media_push_picture picture;
};

/* Before every packet that an encoder writes to its pipe. */
struct wire_packet {
	uint8_t kind, join;
	uint16_t zero;
	uint32_t samples, length;
};

/* The packet at the front of `bytes`: how many bytes it is with its head; 0: it is
 * not whole yet; SIZE_MAX: it makes no sense. out->bytes points into `bytes`. */
size_t wire_take_packet(struct span bytes, struct media_packet *out);

void wire_add_probe(struct buffer *out, const struct wire_probe *ask);
bool wire_read_probe(struct span body, struct arena *arena,
		     struct wire_probe *out);
void wire_add_thumbnail(struct buffer *out, const struct wire_thumbnail *ask);
bool wire_read_thumbnail(struct span body, struct wire_thumbnail *out);
void wire_add_tags(struct buffer *out, const struct media_tags *tags);
bool wire_read_tags(struct span body, struct arena *arena,
		    struct media_tags *out);
void wire_add_transcode(struct buffer *out, const struct wire_transcode *ask);
bool wire_read_transcode(struct span body, struct arena *arena,
			 struct wire_transcode *out);
void wire_add_decode(struct buffer *out, const struct wire_decode *ask);
bool wire_read_decode(struct span body, struct arena *arena,
		      struct wire_decode *out);
void wire_add_encode(struct buffer *out, const struct wire_encode *ask);
bool wire_read_encode(struct span body, struct wire_encode *out);
void wire_add_push(struct buffer *out, const struct wire_push *ask);
bool wire_read_push(struct span body, struct arena *arena,
		    struct wire_push *out);
void wire_add_facts(struct buffer *out, const struct media_facts *facts);
bool wire_read_facts(struct span body, struct arena *arena,
		     struct media_facts *out);
void wire_add_thumbnail_done(struct buffer *out,
			     const struct media_thumbnail *thumbnail);
bool wire_read_thumbnail_done(struct span body, struct arena *arena,
			      struct media_thumbnail *out);
void wire_add_analysis(struct buffer *out,
		       const struct media_analysis *analysis);
bool wire_read_analysis(struct span body, struct arena *arena,
			struct media_analysis *out);
void wire_add_progress(struct buffer *out,
		       const struct media_progress *progress);
bool wire_read_progress(struct span body, struct media_progress *out);
void wire_add_fault(struct buffer *out, const struct fault *fault);
bool wire_read_fault(struct span body, struct arena *arena,
		     struct fault *out);

#endif /* OGMA_MEDIA_PROTOCOL_H */
