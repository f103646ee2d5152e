/* terminal.h - asking the person who typed a command.
 *
 * Floor: 6 (app). Threads: the main thread.
 */
#ifndef OGMA_APP_TERMINAL_H
#define OGMA_APP_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

bool terminal_is_there(void);

/* One line of standard input, without its end; false at the end of input. The
 * question is shown at a terminal only; a `secret` is not shown while it is typed
 * there. */
bool terminal_ask(const char *question, bool secret, char *out, size_t room);

#endif /* OGMA_APP_TERMINAL_H */
