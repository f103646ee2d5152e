/* terminal.h - asking the person who typed a command, and telling them.
 *
 * Floor: 6 (app). Threads: the main thread.
 */
#ifndef OGMA_APP_TERMINAL_H
#define OGMA_APP_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

bool terminal_is_there(void);

/* One line of standard input, without its end; false at the end of input. The
 * question is shown at a terminal only; a `secret` is not shown while it is typed
 * there. */
bool terminal_ask(const char *question, bool secret, char *out, size_t room);

/* UTF-8 text that is not ours, such as a file's name: characters that command a
 * terminal or end a line are written as \x1b. */
void terminal_print(FILE *out, const char *text);

#endif /* OGMA_APP_TERMINAL_H */
