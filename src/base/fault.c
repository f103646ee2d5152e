/* fault.c - statuses and sentences of failures; see fault.h. */
#include "base/fault.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void fault_write(struct fault *fault, enum status status,
			const char *field, const char *format, va_list args)
	__attribute__((format(printf, 4, 0)));

static void
fault_write(struct fault *fault, enum status status, const char *field,
	    const char *format, va_list args)
{
	if (fault == NULL)
		return;
	fault->status = status;
	snprintf(fault->field, sizeof fault->field, "%s", field);
	vsnprintf(fault->message, sizeof fault->message, format, args);
}

enum status
fault_set(struct fault *fault, enum status status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fault_write(fault, status, "", format, args);
	va_end(args);
	return status;
}

enum status
fault_field(struct fault *fault, enum status status, const char *field,
	    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fault_write(fault, status, field, format, args);
	va_end(args);
	return status;
}

static enum status
status_of_errno(int error_number)
{
	switch (error_number) {
	case ENOENT:
	case ENOTDIR:
		return STATUS_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS:
		return STATUS_DENIED;
	case EEXIST:
		return STATUS_CONFLICT;
	case ENOSPC:
	case EDQUOT:
	case EMFILE:
	case ENFILE:
		return STATUS_FULL;
	case EFBIG:
		return STATUS_TOO_LARGE;
	case EAGAIN:
	case EBUSY:
		return STATUS_AGAIN_LATER;
	case ETIMEDOUT:
		return STATUS_TIMED_OUT;
	case ECONNREFUSED:
	case ECONNRESET:
	case EHOSTUNREACH:
		return STATUS_UNAVAILABLE;
	default:
		return STATUS_FAILED;
	}
}

enum status
fault_errno(struct fault *fault, int error_number, const char *format, ...)
{
	enum status status = status_of_errno(error_number);
	va_list args;

	va_start(args, format);
	fault_write(fault, status, "", format, args);
	va_end(args);
	if (fault != NULL) {
		size_t length = strlen(fault->message);
		char reason[128];

		snprintf(fault->message + length,
			 sizeof fault->message - length, ": %s",
			 strerror_r(error_number, reason, sizeof reason));
	}
	return status;
}

const char *
status_name(enum status status)
{
	static const char *const names[] = {
		[STATUS_OK] = "ok",
		[STATUS_NOT_FOUND] = "not_found",
		[STATUS_CONFLICT] = "conflict",
		[STATUS_INVALID] = "validation_error",
		[STATUS_UNAUTHENTICATED] = "unauthenticated",
		[STATUS_DENIED] = "denied",
		[STATUS_FULL] = "full",
		[STATUS_TOO_LARGE] = "too_large",
		[STATUS_OUT_OF_RANGE] = "out_of_range",
		[STATUS_AGAIN_LATER] = "busy",
		[STATUS_UNAVAILABLE] = "unavailable",
		[STATUS_TIMED_OUT] = "timed_out",
		[STATUS_CANCELLED] = "cancelled",
		[STATUS_CORRUPT] = "corrupt",
		[STATUS_UNSUPPORTED] = "unsupported",
		[STATUS_FAILED] = "internal_error",
	};

	return names[status];
}
