/* postgres.c - see postgres.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/folder.h"
#include "tests/support/postgres.h"

#define BIN "/usr/lib/postgresql/15/bin/"

static struct {
	char folder[64], data[96];
	int port;
	pid_t pid, owner; /* 0: does not run */
	int databases;
} server;

const char *
postgres_missing(void)
{
	if (access(BIN "postgres", X_OK) != 0)
		return "skipped: " BIN "postgres is not installed";
	if (geteuid() == 0 && getpwnam("postgres") == NULL)
		return "skipped: there is no user postgres to run the server";
	return NULL;
}

/* A port above 20000 that nobody listens on now. */
static int
free_port(void)
{
	for (int i = 0; i < 200; i++) {
		int port = 20000 + (int)((unsigned)(getpid() * 31 + i * 97) %
					 20000);
		struct sockaddr_in address = {
			.sin_family = AF_INET,
			.sin_port = htons((uint16_t)port),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		};
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		int bound = bind(fd, (struct sockaddr *)&address,
				 sizeof address);

		close(fd);
		if (bound == 0)
			return port;
	}
	fail_msg("no free port");
	return 0;
}

/* In a child: becomes the server's user, quiet, and runs the program. */
static void
run_as_server(const char *const *arguments, bool quiet)
{
	const struct passwd *user = getpwnam("postgres");
	int log = open(quiet ? "/dev/null" : "log",
		       O_WRONLY | O_CREAT | O_APPEND, 0666);

	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	if (geteuid() == 0 && (setgid(user->pw_gid) != 0 ||
			       setuid(user->pw_uid) != 0))
		_exit(126);
	prctl(PR_SET_PDEATHSIG, SIGQUIT); /* when the test is killed */
	execv(arguments[0], (char *const *)arguments);
	_exit(127);
}

static void
make_cluster(void)
{
	const char *const arguments[] = {
		BIN "initdb", "-D", server.data, "-U", "ogma", "-A", "trust",
		"--no-sync", "-E", "UTF8", "--locale=C", NULL
	};
	char kept[64];
	int state = -1;
	pid_t pid;

	test_folder_make(server.folder);
	chmod(server.folder, 0777);
	snprintf(server.data, sizeof server.data, "%s/data", server.folder);
	snprintf(kept, sizeof kept, "/tmp/ogma-tests-postgres-15-%u",
		 (unsigned)geteuid());
	server.port = free_port();
	if (access(kept, F_OK) == 0) {
		test_run("cp -a %s %s", kept, server.data);
		return;
	}
	pid = fork();
	if (pid == 0) {
		if (chdir(server.folder) != 0)
			_exit(125);
		run_as_server(arguments, true);
	}
	waitpid(pid, &state, 0);
	assert_int_equal(state, 0);
	/* another program may have left one meanwhile */
	test_run("cp -a %s %s.%d && { mv -T %s.%d %s 2>/dev/null || "
		 "rm -rf %s.%d; }",
		 server.data, kept, getpid(), kept, getpid(), kept, kept, getpid());
}

static PGconn *
connect_to(const char *database)
{
	char dsn[256];

	snprintf(dsn, sizeof dsn,
		 "host=127.0.0.1 port=%d user=ogma dbname=%s "
		 "connect_timeout=2",
		 server.port, database);
	return PQconnectdb(dsn);
}

static void
show_log(void)
{
	char path[128], line[512];
	FILE *log;

	snprintf(path, sizeof path, "%s/log", server.folder);
	log = fopen(path, "r");
	while (log != NULL && fgets(line, sizeof line, log) != NULL)
		print_message("# %s", line);
	if (log != NULL)
		fclose(log);
}

void
postgres_start(void)
{
	char port[16];
	const char *const arguments[] = {
		BIN "postgres", "-D", server.data, "-p", port, "-k", "",
		"-c", "listen_addresses=127.0.0.1",
		"-c", "max_connections=60", "-c", "shared_buffers=32MB",
		"-c", "fsync=off", "-c", "full_page_writes=off",
		"-c", "jit=off", "-c", "autovacuum=off",
		NULL
	};

	snprintf(port, sizeof port, "%d", server.port);
	server.pid = fork();
	if (server.pid == 0) {
		if (chdir(server.folder) != 0)
			_exit(125);
		run_as_server(arguments, false);
	}
	for (int i = 0; i < 300; i++) {
		PGconn *connection = connect_to("postgres");
		bool up = PQstatus(connection) == CONNECTION_OK;

		PQfinish(connection);
		if (up)
			return;
		usleep(100000);
	}
	show_log();
	fail_msg("PostgreSQL did not start within 30 s");
}

/* SIGQUIT is the server's immediate shutdown: no checkpoint, as after a crash,
 * but its helpers end too. */
void
postgres_kill(void)
{
	if (server.pid == 0)
		return;
	kill(server.pid, SIGQUIT);
	waitpid(server.pid, NULL, 0);
	server.pid = 0;
}

static void
end_server(void)
{
	if (server.owner != getpid())
		return; /* a forked child of the test */
	postgres_kill();
	test_folder_remove(server.folder);
}

void
postgres_database(char *dsn, size_t size, const char *model)
{
	char sql[96];
	PGconn *connection;
	PGresult *result;

	if (server.owner == 0) {
		server.owner = getpid();
		atexit(end_server);
		make_cluster();
		postgres_start();
	}
	connection = connect_to("postgres");
	snprintf(sql, sizeof sql,
		 "create database test_%d template %s strategy file_copy",
		 ++server.databases,
		 model != NULL ? strstr(model, "test_") : "template1");
	result = PQexec(connection, sql);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		fail_msg("%s", PQerrorMessage(connection));
	PQclear(result);
	PQfinish(connection);
	snprintf(dsn, size,
		 "host=127.0.0.1 port=%d user=ogma dbname=test_%d",
		 server.port, server.databases);
}
