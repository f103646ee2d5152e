/* terminal.c - see terminal.h. */
#include "app/terminal.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

bool
terminal_is_there(void)
{
	return isatty(STDIN_FILENO) == 1;
}

bool
terminal_ask(const char *question, bool secret, char *out, size_t room)
{
	bool hides = secret && terminal_is_there();
	struct termios before, hidden;
	bool got;

	if (terminal_is_there())
		fprintf(stderr, "%s: ", question);
	if (hides) {
		tcgetattr(STDIN_FILENO, &before);
		hidden = before;
		hidden.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	}
	got = fgets(out, (int)room, stdin) != NULL;
	if (hides) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	out[got ? strcspn(out, "\r\n") : 0] = '\0';
	return got;
}
