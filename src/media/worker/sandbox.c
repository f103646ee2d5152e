/* sandbox.c - what the process gives up; see worker.h.
 *
 * After sandbox_enter() the process can read and write the descriptors it was
 * handed, take memory within its bound, and end. It cannot open files, make
 * sockets, start programs or threads, or look at other processes: system calls
 * outside the list fail with EPERM, so that a library that tries something
 * harmless (a locale, a configuration file) goes on without. */
#include "media/worker/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/sanitized.h"

/* They map terabytes and read /proc. */
#define SANITIZED (SANITIZED_ADDRESSES || SANITIZED_THREADS)

#define OPEN_FILES_MAX 32

static const int allowed_calls[] = {
	/* the descriptors we were given */
	SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(write),
	SCMP_SYS(pwrite64), SCMP_SYS(writev), SCMP_SYS(readv),
	SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(close),
	SCMP_SYS(ftruncate), SCMP_SYS(poll), SCMP_SYS(ppoll),
	SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(recvfrom),
	SCMP_SYS(sendto),
	/* memory */
	SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mprotect),
	SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
	/* time, locks, ourselves */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(gettimeofday), SCMP_SYS(nanosleep), SCMP_SYS(time),
	SCMP_SYS(futex), SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity), SCMP_SYS(getrandom),
	SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(setitimer),
	SCMP_SYS(getrlimit), SCMP_SYS(restart_syscall),
	/* ending, also badly */
	SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack), SCMP_SYS(tgkill),
};

/* What a push needs besides: names, connections, certificates. */
static const int network_calls[] = {
	SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind),
	SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt), SCMP_SYS(shutdown), SCMP_SYS(sendmmsg),
	SCMP_SYS(fcntl), SCMP_SYS(ioctl), SCMP_SYS(uname),
	SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(access),
	SCMP_SYS(readlink), SCMP_SYS(getdents64), SCMP_SYS(getuid),
	SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
	SCMP_SYS(sysinfo), SCMP_SYS(getcwd), SCMP_SYS(prlimit64),
};

/* Files are opened for reading only. */
static bool
filter_network(scmp_filter_ctx filter)
{
	bool fine = seccomp_rule_add(
			    filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
			    SCMP_A2(SCMP_CMP_MASKED_EQ,
				    O_ACCMODE | O_CREAT | O_TRUNC, 0)) == 0;

	for (size_t i = 0; fine && i < ARRAY_LENGTH(network_calls); i++)
		fine = seccomp_rule_add(filter, SCMP_ACT_ALLOW,
					network_calls[i], 0) == 0;
	return fine;
}

static bool
filter_calls(bool pushes)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool fine = filter != NULL;

	for (size_t i = 0; fine && i < ARRAY_LENGTH(allowed_calls); i++)
		fine = seccomp_rule_add(filter, SCMP_ACT_ALLOW,
					allowed_calls[i], 0) == 0;
	/* a stream of a descriptor we were given (tags.c) */
	fine = fine &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
				SCMP_A1(SCMP_CMP_EQ, F_GETFL, 0)) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
				SCMP_A1(SCMP_CMP_EQ, F_DUPFD_CLOEXEC, 0)) == 0;
	if (pushes)
		fine = fine && filter_network(filter);
	fine = fine && seccomp_load(filter) == 0;
	seccomp_release(filter);
	return fine;
}

/* What the program and its libraries take by themselves. */
static uint64_t
address_space_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long long pages = 0;

	if (file != NULL && fscanf(file, "%llu", &pages) != 1)
		pages = 0;
	if (file != NULL)
		fclose(file);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static bool
limit(__rlimit_resource_t what, uint64_t value)
{
	struct rlimit both = { .rlim_cur = value, .rlim_max = value };

	return setrlimit(what, &both) == 0;
}

static bool
limit_memory(uint32_t mib)
{
	uint64_t own = address_space_bytes();

	if (SANITIZED)
		return true;
	return own > 0 && limit(RLIMIT_AS, own + ((uint64_t)mib << 20));
}

const char *
sandbox_enter(const struct worker_limits *limits, bool pushes)
{
	static char missing[128];
	bool no_rights, memory, files, calls = true;

	/* dies with the thread that started us; if that is gone already, the
	 * socket is closed as well */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0);
	memory = limit_memory(limits->memory_mib);
	files = limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, OPEN_FILES_MAX);
	no_rights = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	if (!SANITIZED)
		calls = filter_calls(pushes);
	snprintf(missing, sizeof missing, "%s%s%s%s",
		 memory ? "" : "memory limit; ", files ? "" : "file limits; ",
		 no_rights ? "" : "no_new_privs; ",
		 calls ? "" : "seccomp filter; ");
	return missing;
}

void
sandbox_clock(uint32_t cpu_ms)
{
	struct itimerval timer = {
		.it_value = { .tv_sec = cpu_ms / 1000,
			      .tv_usec = cpu_ms % 1000 * 1000 },
	};

	setitimer(ITIMER_PROF, &timer, NULL);
}
