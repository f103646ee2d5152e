/* intake.h - request bodies too large for memory, handed on piece by piece.
 *
 * The loop gathers up to INTAKE_PIECE_BYTES, then pauses the body while a worker
 * takes the piece, so that a request of any size needs the same memory and the
 * loop never waits for a disk. Before the first piece is taken the caller is
 * admitted as always (call_admit); a refusal at any point is the answer, and the
 * rest of the body is not read.
 *
 * When the client goes away the piece that was being gathered is still taken.
 *
 * Floor: 5 (api). Threads: the loop's, but what route_intake does runs on workers
 * one after the other.
 */
#ifndef OGMA_API_INTAKE_H
#define OGMA_API_INTAKE_H

#include "api/call.h"

#define INTAKE_PIECE_BYTES 262144

struct intake;

/* As http_plan's body_write. */
enum status intake_take(struct call *call, const void *bytes, size_t count,
			struct fault *fault);

/* All of the body is here: takes the rest and runs the row's handler, which
 * answers. */
void intake_finish(struct call *call);

/* For handlers: what open() returned. */
void *intake_cookie(const struct call *call);

/* The request is over. */
void intake_end(struct call *call);

#endif /* OGMA_API_INTAKE_H */
