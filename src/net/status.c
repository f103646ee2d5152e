/* status.c - statuses of HTTP: their phrases, and what our faults become. */
#include "net/request.h"

static const struct {
	unsigned status;
	const char *reason;
} reasons[] = {
	{ 100, "Continue" },
	{ 101, "Switching Protocols" },
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 206, "Partial Content" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 417, "Expectation Failed" },
	{ 422, "Unprocessable Content" },
	{ 426, "Upgrade Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 460, "Checksum Mismatch" }, /* of tus */
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
	{ 507, "Insufficient Storage" },
};

const char *
status_reason(unsigned status)
{
	for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++) {
		if (reasons[i].status == status)
			return reasons[i].reason;
	}
	return "Other";
}

unsigned
http_status_of_fault(const struct fault *fault)
{
	bool named = fault->field[0] != '\0';

	switch (fault->status) {
	case STATUS_OK:
		return 200;
	case STATUS_NOT_FOUND:
		return 404;
	case STATUS_CONFLICT:
		return 409;
	case STATUS_INVALID:
		return named ? 422 : 400;
	case STATUS_UNAUTHENTICATED:
		return 401;
	case STATUS_DENIED:
		return 403;
	case STATUS_FULL:
		return named ? 409 : 507;
	case STATUS_TOO_LARGE:
		return 413;
	case STATUS_OUT_OF_RANGE:
		return 416;
	case STATUS_AGAIN_LATER:
		return named ? 429 : 503;
	case STATUS_UNAVAILABLE:
	case STATUS_TIMED_OUT:
	case STATUS_CANCELLED:
		return 503;
	case STATUS_CORRUPT:
		return named ? 422 : 500;
	case STATUS_UNSUPPORTED:
		return 415;
	case STATUS_FAILED:
		break;
	}
	return 500;
}
