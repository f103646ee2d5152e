/* terminal.c - see terminal.h. */
#include "app/terminal.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

void
terminal_print(FILE *out, const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		unsigned char byte = (unsigned char)*at;
		unsigned char next = (unsigned char)at[1];

		if (byte < 0x20 || byte == 0x7f) {
			fprintf(out, "\\x%02x", byte);
		} else if (byte == 0xc2 && next >= 0x80 && next < 0xa0) {
			fprintf(out, "\\x%02x", next); /* U+0080 … U+009F */
			at++;
		} else {
			fputc(byte, out);
		}
	}
}

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
