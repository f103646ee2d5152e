/* fault.h - how a function says that it failed.
 *
 * Two parts: an `enum status` for the program (callers branch on it) and one
 * English sentence for the person, kept in a `struct fault` that the caller
 * owns. On STATUS_OK the fault is untouched; on any other status outputs are
 * untouched. Assertions are for our own bugs, never for input.
 *
 * Floor: 0 (base). Threads: no shared state.
 */
#ifndef OGMA_BASE_FAULT_H
#define OGMA_BASE_FAULT_H

#include <stdarg.h>

enum status {
	STATUS_OK,
	STATUS_NOT_FOUND,       /* no such thing */
	STATUS_CONFLICT,        /* exists already, or a lost race */
	STATUS_INVALID,         /* the caller's input; fault.field names it */
	STATUS_UNAUTHENTICATED, /* nobody is signed in */
	STATUS_DENIED,          /* signed in, not allowed */
	STATUS_FULL,            /* a bound or the disk is reached */
	STATUS_TOO_LARGE,       /* the input is over its limit */
	STATUS_OUT_OF_RANGE,    /* past the end */
	STATUS_AGAIN_LATER,     /* busy; the same call may be repeated */
	STATUS_UNAVAILABLE,     /* a backing service is down */
	STATUS_TIMED_OUT,
	STATUS_CANCELLED,
	STATUS_CORRUPT,     /* stored or received bytes make no sense */
	STATUS_UNSUPPORTED, /* well-formed, but not something we do */
	STATUS_FAILED,      /* anything else, e.g. an I/O error */
};

struct fault {
	enum status status;
	char field[64];    /* the input's name, or the service's; "" if none */
	char message[320]; /* one sentence, no secret in it */
};

/* Fills *fault (which may be NULL) and returns `status`, so that a failure is
 * one line: return fault_set(fault, STATUS_FULL, "queue holds %d items", n); */
enum status fault_set(struct fault *fault, enum status status,
		      const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same, naming the field (or backing service) that is to blame. */
enum status fault_field(struct fault *fault, enum status status,
			const char *field, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Appends strerror(error_number) to the sentence; maps ENOENT, EACCES, ENOSPC
 * and the like to the status a caller may act on. */
enum status fault_errno(struct fault *fault, int error_number,
			const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "not_found", "conflict", ...: the `error` member of an API answer. */
const char *status_name(enum status status);

#endif /* OGMA_BASE_FAULT_H */
