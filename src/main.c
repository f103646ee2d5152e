/* main.c - starts, waits, stops; the recipe is in app/. */
#include "app/command.h"

int
main(int argc, char **argv)
{
	return command_main(argc, argv);
}
