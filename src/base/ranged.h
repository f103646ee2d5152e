/* ranged.h - a file that is read at any place, behind a descriptor: a regular
 * file, or a far one.
 *
 * A far file has its bytes in a bucket or the like. Its descriptor is one end of
 * a SOCK_SEQPACKET socket pair: who holds it asks for bytes, a thread at the
 * other end answers (driver/far_file.h). fstat() tells the two apart, so that
 * both are handed on as any descriptor is, also to a media process.
 *
 *	reader				server
 *	RANGED_LOOK			size, time, mark; what failed so far
 *	RANGED_READ offset, length	length bytes at most, or why not
 *
 * Every message is one packet. An answer repeats what it answers: what is left
 * in the socket of a reader that died is passed over by the next. One reader
 * asks at a time.
 *
 * Neither side trusts the other: packets are read by ranged_ask_parse() and
 * ranged_answer_parse(), which accept no more than was received.
 *
 * Floor: 0 (base). Threads: a descriptor belongs to one at a time.
 */
#ifndef OGMA_BASE_RANGED_H
#define OGMA_BASE_RANGED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"
#include "base/text.h"

struct ranged_file {
	int fd; /* borrowed */
	bool far;
	uint64_t size_bytes;
	int64_t modified_ns;
	uint64_t mark; /* of a far file: changes with its content; 0: unknown */
};

bool ranged_is_far(int fd);

/* Looks at what is behind `fd`. STATUS_UNSUPPORTED: it cannot be read at any
 * place (a pipe). */
enum status ranged_open(int fd, struct ranged_file *out, struct fault *fault);

/* As pread(): up to `count` bytes, fewer also before the end; 0 at the end; -1
 * with errno. */
ssize_t ranged_read(const struct ranged_file *file, void *room, size_t count,
		    uint64_t offset);

/* Reads on until there are `count` bytes, the end or an error; how many. */
size_t ranged_read_all(const struct ranged_file *file, void *room,
		       size_t count, uint64_t offset);

/* Has reading a far file failed since it was opened? Readers take an error for
 * the end of a broken file; this tells them apart. STATUS_OK for all others. */
enum status ranged_fault(int fd, struct fault *fault);

/* ---- packets ---- */

#define RANGED_PACKET_BYTES 65536 /* the longest */

enum ranged_kind { RANGED_LOOK = 1, RANGED_READ };

struct ranged_ask {
	enum ranged_kind kind;
	uint32_t length; /* of RANGED_READ; more than fits is cut */
	uint64_t offset;
};

struct ranged_answer {
	struct ranged_ask ask; /* length: as it was asked */
	enum status status;    /* of RANGED_LOOK: of what failed before */
	struct span bytes;     /* what was read; of a failure: its sentence */
	uint64_t size_bytes, mark; /* of RANGED_LOOK */
	int64_t modified_ns;
};

#define RANGED_HEAD_BYTES 64 /* before the bytes */

/* The longest run of bytes of one answer. */
#define RANGED_READ_BYTES (RANGED_PACKET_BYTES - RANGED_HEAD_BYTES)

void ranged_ask_print(const struct ranged_ask *ask,
		      char out[RANGED_HEAD_BYTES]);
bool ranged_ask_parse(struct span packet, struct ranged_ask *out);
bool ranged_ask_same(const struct ranged_ask *a, const struct ranged_ask *b);

/* The head; answer->bytes follow it. */
void ranged_answer_print(const struct ranged_answer *answer,
			 char out[RANGED_HEAD_BYTES]);
/* out->bytes point into the packet. */
bool ranged_answer_parse(struct span packet, struct ranged_answer *out);

#endif /* OGMA_BASE_RANGED_H */
