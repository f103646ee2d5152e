/* messages.h - sentences for clients, in English and Russian.
 *
 * Floor: 5 (api). Threads: constant tables.
 */
#ifndef OGMA_API_MESSAGES_H
#define OGMA_API_MESSAGES_H

#include <stddef.h>

#include "api/call.h"

enum message_id {
	MESSAGE_NONE,
	MESSAGE_MISSING,
	MESSAGE_NOT_AN_ID,
	MESSAGE_NOT_IN_RANGE,
	MESSAGE_TOO_LONG,
	MESSAGE_TOO_SHORT,
	MESSAGE_NOT_A_CHOICE,
	MESSAGE_NOT_A_BOOL,
	MESSAGE_NOT_A_TIME,
	MESSAGE_WRONG_TYPE,
	MESSAGE_CONTROL,
};

/* A sentence about one parameter, with its bounds filled in. */
void message_print(char *out, size_t room, enum message_id message,
		   enum call_language language, double min, double max,
		   const char *choices);

/* The sentence for an error code; an unknown code gives a general one. */
const char *message_of_code(const char *code, enum call_language language);

#endif /* OGMA_API_MESSAGES_H */
