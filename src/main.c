/* main.c - starts, waits, stops. */
#include <stdio.h>

#include "base/fault.h"

int
main(void)
{
	puts(status_name(STATUS_OK));
	return 0;
}
