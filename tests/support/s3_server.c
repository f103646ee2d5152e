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
#define FRONT "tests/support/tls_front.py"
#define PACKAGE "/usr/lib/python3/dist-packages/swift"

static struct {
	char folder[64], endpoint[64], port[16];
	pid_t pid, owner; /* 0: does not run */
	int life;         /* it ends when this is closed */
} server = { .port = "0" };

static struct {
	char folder[80], ca_file[96], endpoint[96];
	int port; /* 0: does not run; it ends with this program */
} front;

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
run_script(const char *name, const char *folder, int input, int output)
{
	const char *root = getenv("OGMA_SOURCE_ROOT");
	char script[512];

	snprintf(script, sizeof script, "%s/%s", root != NULL ? root : ".",
		 name);
	if (input >= 0)
		dup2(input, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	execl(script, script, folder, server.port, (char *)NULL);
	_exit(127);
}

/* The port that a script prints when it may be asked. */
static int
port_read(int fd)
{
	FILE *line = fdopen(fd, "r");
	int port = 0;

	if (fscanf(line, "%d", &port) != 1)
		fail_msg("the S3 server did not start");
	fclose(line);
	return port;
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
	int life[2], said[2], port;

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
		run_script(SCRIPT, server.folder, life[0], said[1]);
	close(life[0]);
	close(said[1]);
	server.life = life[1];
	port = port_read(said[0]);
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

static void
front_start(void)
{
	int said[2];
	pid_t pid;

	if (front.port != 0)
		return;
	snprintf(front.folder, sizeof front.folder, "%s/tls", server.folder);
	snprintf(front.ca_file, sizeof front.ca_file, "%s/ca.pem",
		 front.folder);
	assert_int_equal(pipe2(said, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		run_script(FRONT, front.folder, -1, said[1]);
	close(said[1]);
	front.port = port_read(said[0]);
}

struct s3_server
s3_server_tls_place(const char *name)
{
	struct s3_server place = s3_server_place();

	front_start();
	snprintf(front.endpoint, sizeof front.endpoint, "https://%s:%d", name,
		 front.port);
	place.endpoint = front.endpoint;
	place.ca_file = front.ca_file;
	return place;
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
