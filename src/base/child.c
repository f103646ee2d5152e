/* child.c - see child.h. */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

#define ENVIRONMENT_MAX 16

char *
child_program_beside(const char *name)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
	struct buffer text;
	char *slash;

	path[length > 0 ? length : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash != NULL)
		*slash = '\0';
	buffer_init(&text, 0);
	buffer_print(&text, "%s/%s", path, name);
	return buffer_take(&text, NULL);
}

static void
environment_make(char *out[ENVIRONMENT_MAX])
{
	static const char *const kept[] = { "LD_LIBRARY_PATH=",
					    "ASAN_OPTIONS=", "UBSAN_OPTIONS=",
					    "TSAN_OPTIONS=", "LSAN_OPTIONS=" };
	size_t count = 0;

	for (char **at = environ; *at != NULL; at++) {
		for (size_t i = 0; i < ARRAY_LENGTH(kept); i++) {
			if (strncmp(*at, kept[i], strlen(kept[i])) == 0 &&
			    count + 1 < ENVIRONMENT_MAX)
				out[count++] = *at;
		}
	}
	out[count] = NULL;
}

int
child_spawn(char *const arguments[], int socket, pid_t *pid)
{
	char *environment[ENVIRONMENT_MAX];
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int error;

	environment_make(environment);
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
	posix_spawn_file_actions_adddup2(&actions, 0, 1);
	posix_spawn_file_actions_adddup2(&actions, socket, CHILD_SOCKET);
	posix_spawn_file_actions_addclosefrom_np(&actions, CHILD_SOCKET + 1);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF |
						      POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	error = posix_spawn(pid, arguments[0], &actions, &attributes,
			    arguments, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

int
child_reap(pid_t pid, int64_t patience_ms)
{
	int64_t deadline = clock_monotonic_ms() + patience_ms;
	bool kill_now = patience_ms == 0;
	int how = 0;

	while (!kill_now && waitpid(pid, &how, WNOHANG) == 0) {
		if (clock_monotonic_ms() > deadline)
			kill_now = true;
		else
			usleep(2000);
	}
	if (kill_now) {
		kill(pid, SIGKILL);
		while (waitpid(pid, &how, 0) < 0 && errno == EINTR)
			;
	}
	return how;
}
