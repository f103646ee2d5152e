/* owner.c - see owner.h. */
#include "service/owner.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

/* The start of a process in ticks since boot: field 22 of /proc/PID/stat. */
static unsigned long long
process_start(long pid)
{
	unsigned long long start = 0;
	struct buffer text;
	char path[64], *at;

	buffer_init(&text, 8192);
	snprintf(path, sizeof path, "/proc/%ld/stat", pid);
	if (file_read(path, 4096, &text, NULL) == STATUS_OK &&
	    text.bytes != NULL && (at = strrchr(text.bytes, ')')) != NULL) {
		for (int field = 2; at != NULL && field < 22; field++)
			at = strchr(at + 1, ' ');
		if (at != NULL)
			start = strtoull(at + 1, NULL, 10);
	}
	buffer_release(&text);
	return start;
}

/* "host/boot/space": where a process id means something. */
static void
machine_name(char out[OWNER_BYTES])
{
	char host[65] = "", boot[16] = "";
	struct stat space = { 0 };
	struct buffer text;

	gethostname(host, sizeof host - 1);
	for (char *at = host; *at != '\0'; at++) {
		if (*at == '/')
			*at = '_';
	}
	buffer_init(&text, 4096);
	if (file_read("/proc/sys/kernel/random/boot_id", 256, &text, NULL) ==
		    STATUS_OK &&
	    text.length >= 8)
		snprintf(boot, sizeof boot, "%.8s", text.bytes);
	buffer_release(&text);
	(void)!stat("/proc/self/ns/pid", &space);
	snprintf(out, OWNER_BYTES, "%s/%s/%llu", host, boot,
		 (unsigned long long)space.st_ino);
}

void
owner_name(char out[OWNER_BYTES])
{
	static atomic_uint count;
	char machine[OWNER_BYTES];
	long pid = (long)getpid();

	machine_name(machine);
	if (snprintf(out, OWNER_BYTES, "%s/%ld/%llu/%u", machine, pid,
		     process_start(pid), atomic_fetch_add(&count, 1)) >=
	    OWNER_BYTES)
		out[OWNER_BYTES - 1] = '\0';
}

bool
owner_dead(const char *owner)
{
	char machine[OWNER_BYTES];
	unsigned long long start;
	size_t length;
	long pid;

	machine_name(machine);
	length = strlen(machine);
	if (strncmp(owner, machine, length) != 0 ||
	    sscanf(owner + length, "/%ld/%llu/", &pid, &start) != 2)
		return false;
	if (kill((pid_t)pid, 0) != 0 && errno == ESRCH)
		return true;
	return process_start(pid) != start;
}
