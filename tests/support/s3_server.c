/* s3_server.c - see s3_server.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/folder.h"
#include "tests/support/s3_server.h"

#define SCRIPT "tests/support/s3_server.py"
#define PACKAGE "/usr/lib/python3/dist-packages/swift"

static struct {
	char folder[64], endpoint[64], port[16];
	pid_t pid, owner; /* 0: does not run */
	int life;         /* it ends when this is closed */
} server = { .port = "0" };

const char *
s3_server_missing(void)
{
	return access(PACKAGE, R_OK) == 0 ? NULL :
					    "skipped: " PACKAGE " is missing";
}

void
s3_server_kill(void)
{
	if (server.pid == 0)
		return;
	kill(server.pid, SIGKILL);
	waitpid(server.pid, NULL, 0);
	close(server.life);
	server.pid = 0;
	test_folder_remove(server.folder);
}

static void
end_server(void)
{
	if (server.owner == getpid()) /* and no forked child of the test */
		s3_server_kill();
}

static void
run_server(int input, int output)
{
	const char *root = getenv("OGMA_SOURCE_ROOT");
	char script[512];

	snprintf(script, sizeof script, "%s/" SCRIPT,
		 root != NULL ? root : ".");
	dup2(input, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	execl(script, script, server.folder, server.port, (char *)NULL);
	_exit(127);
}

static void
buckets_make(void)
{
	struct s3_client *s3 = s3_server_client();
	struct fault fault = { 0 };

	if (s3_bucket_make(s3, S3_SERVER_BUCKET, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	s3_close(s3);
}

void
s3_server_start(void)
{
	int life[2], said[2], port = 0;
	FILE *line;

	if (server.pid != 0)
		return;
	if (server.owner == 0)
		atexit(end_server);
	test_folder_make(server.folder);
	assert_int_equal(pipe2(life, O_CLOEXEC), 0);
	assert_int_equal(pipe2(said, O_CLOEXEC), 0);
	server.owner = getpid();
	server.pid = fork();
	if (server.pid == 0)
		run_server(life[0], said[1]);
	close(life[0]);
	close(said[1]);
	server.life = life[1];
	line = fdopen(said[0], "r");
	if (fscanf(line, "%d", &port) != 1)
		fail_msg("the S3 server did not start");
	fclose(line);
	snprintf(server.port, sizeof server.port, "%d", port);
	snprintf(server.endpoint, sizeof server.endpoint,
		 "http://127.0.0.1:%d", port);
	buckets_make();
}

struct s3_server
s3_server_place(void)
{
	s3_server_start();
	return (struct s3_server){ .endpoint = server.endpoint,
				   .region = "us-east-1",
				   .access_key = "test:tester",
				   .secret_key = "testing",
				   .path_style = true,
				   .timeout_ms = 5000 };
}

struct s3_client *
s3_server_client(void)
{
	struct s3_server place = s3_server_place();
	struct s3_client *s3;

	assert_int_equal(s3_open(&place, &s3, NULL), STATUS_OK);
	return s3;
}

void
s3_server_hold(void)
{
	kill(server.pid, SIGSTOP);
}

void
s3_server_let_go(void)
{
	kill(server.pid, SIGCONT);
}
