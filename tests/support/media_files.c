/* media_files.c - see media_files.h. */
#include "tests/support/media_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include <fcntl.h>
#include <spawn.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/support/folder.h"

static char folder[64];
static struct arena paths;
static const char *waiting = ""; /* outputs of ffmpeg, with their options */

static void
run(const char *command)
{
	char *arguments[] = { (char *)(uintptr_t)"sh", (char *)(uintptr_t)"-c",
			      (char *)(uintptr_t)command, NULL };
	pid_t pid;
	int how = -1;

	if (posix_spawn(&pid, "/bin/sh", NULL, NULL, arguments, environ) != 0 ||
	    waitpid(pid, &how, 0) != pid || how != 0)
		fail_msg("failed: %s", command);
}

void
media_files_begin(void)
{
	arena_init(&paths);
	test_folder_make(folder);
}

void
media_files_end(void)
{
	test_folder_remove(folder);
	arena_release(&paths);
}

const char *
media_path(const char *name)
{
	return arena_print(&paths, "%s/%s", folder, name);
}

void
media_render_later(const char *name, const char *options)
{
	waiting = arena_print(&paths, "%s %s %s", waiting, options,
			      media_path(name));
}

void
media_render_now(double seconds)
{
	run(arena_print(&paths,
			"ffmpeg -nostdin -v error -y -f lavfi -i \"aevalsrc="
			"0.4*sin(2*PI*(300+200*t)*t)*(0.6+0.4*sin(9*t))|"
			"0.3*sin(2*PI*(500-30*t)*t)+0.1*sin(2*PI*1700*t):"
			"d=%f:s=44100\"%s",
			seconds, waiting));
	waiting = "";
}

const char *
media_render(const char *name, double seconds, const char *options)
{
	media_render_later(name, options);
	media_render_now(seconds);
	return media_path(name);
}

void
media_ffmpeg(const char *arguments)
{
	struct buffer text;
	struct span rest = span_of(arguments), part;

	buffer_init(&text, 0);
	buffer_add_text(&text, "cd ");
	buffer_add_text(&text, folder);
	buffer_add_text(&text, " && ffmpeg -nostdin -v error -y ");
	while (span_next(&rest, '\n', &part))
		buffer_add_span(&text, part);
	run(text.bytes);
	buffer_release(&text);
}

uint64_t
media_ffmpeg_samples(const char *path, const char *input_options)
{
	const char *to = media_path("counted.raw");
	struct stat facts;

	run(arena_print(&paths,
			"ffmpeg -nostdin -v error -y %s -i %s -f s16le -ac 1 %s",
			input_options, path, to));
	assert_int_equal(stat(to, &facts), 0);
	return (uint64_t)facts.st_size / 2;
}

void
media_read(const char *path, struct buffer *out)
{
	struct fault fault = { 0 };

	buffer_init(out, 0);
	if (file_read(path, 64u << 20, out, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
}

const char *
media_write(const char *name, const struct buffer *bytes)
{
	const char *path = media_path(name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fd_write(fd, bytes->bytes, bytes->length, NULL),
			 STATUS_OK);
	close(fd);
	return path;
}

void
add_be32(struct buffer *out, uint32_t value)
{
	for (int i = 3; i >= 0; i--)
		buffer_add_char(out, (char)(value >> (8 * i)));
}

void
add_le32(struct buffer *out, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		buffer_add_char(out, (char)(value >> (8 * i)));
}

void
add_le64(struct buffer *out, uint64_t value)
{
	add_le32(out, (uint32_t)value);
	add_le32(out, (uint32_t)(value >> 32));
}

static void
add_syncsafe(struct buffer *out, uint32_t value)
{
	for (int i = 3; i >= 0; i--)
		buffer_add_char(out, (char)(value >> (7 * i) & 0x7F));
}

void
id3_begin(struct buffer *out, int version, unsigned flags)
{
	buffer_init(out, 0);
	buffer_add_text(out, "ID3");
	buffer_add_char(out, (char)version);
	buffer_add_char(out, 0);
	buffer_add_char(out, (char)flags);
	add_syncsafe(out, 0);
}

void
id3_frame(struct buffer *out, int version, const char *id, unsigned flags,
	  struct span body)
{
	buffer_add_text(out, id);
	if (version == 2) {
		buffer_add_char(out, (char)(body.length >> 16));
		buffer_add_char(out, (char)(body.length >> 8));
		buffer_add_char(out, (char)body.length);
	} else {
		if (version == 3)
			add_be32(out, (uint32_t)body.length);
		else
			add_syncsafe(out, (uint32_t)body.length);
		buffer_add_char(out, 0);
		buffer_add_char(out, (char)flags);
	}
	buffer_add_span(out, body);
}

void
id3_text(struct buffer *out, int version, const char *id, int encoding,
	 struct span text)
{
	struct buffer body;

	buffer_init(&body, 0);
	buffer_add_char(&body, (char)encoding);
	buffer_add_span(&body, text);
	id3_frame(out, version, id, 0,
		  (struct span){ body.bytes, body.length });
	buffer_release(&body);
}

void
id3_end(struct buffer *out, size_t padding)
{
	uint32_t length;

	for (size_t i = 0; i < padding; i++)
		buffer_add_char(out, 0);
	length = (uint32_t)out->length - 10;
	for (int i = 0; i < 4; i++)
		out->bytes[6 + i] = (char)(length >> (7 * (3 - i)) & 0x7F);
}

void
ape_item(struct buffer *out, const char *key, struct span value)
{
	add_le32(out, (uint32_t)value.length);
	add_le32(out, 0);
	buffer_add(out, key, strlen(key) + 1);
	buffer_add_span(out, value);
}

void
ape_end(struct buffer *out, unsigned items)
{
	uint32_t length = (uint32_t)out->length + 32;

	buffer_add_text(out, "APETAGEX");
	add_le32(out, 2000);
	add_le32(out, length);
	add_le32(out, items);
	add_le32(out, 0);
	add_le64(out, 0);
}

#define APE_FRAMES 210u
#define APE_FRAME_BYTES 16u

void
ape_silence(struct buffer *out)
{
	const uint32_t first = 52 + 24 + 4 * APE_FRAMES;

	buffer_add_text(out, "MAC ");
	add_le32(out, 3990);	/* version, padding */
	add_le32(out, 52);	/* descriptor */
	add_le32(out, 24);	/* header */
	add_le32(out, 4 * APE_FRAMES); /* seek table */
	add_le32(out, 0);	/* wav header */
	add_le32(out, APE_FRAME_BYTES * APE_FRAMES);
	add_le32(out, 0);
	add_le32(out, 0);
	for (int i = 0; i < 4; i++)
		add_le32(out, 0); /* MD5 */
	add_le32(out, 2000);	/* compression: fast; flags */
	add_le32(out, 44100 / APE_FRAMES); /* blocks per frame */
	add_le32(out, 44100 / APE_FRAMES); /* in the last frame */
	add_le32(out, APE_FRAMES);
	add_le32(out, 16 | 2 << 16);
	add_le32(out, 44100);
	for (uint32_t i = 0; i < APE_FRAMES; i++)
		add_le32(out, first + i * APE_FRAME_BYTES);
	for (uint32_t i = 0; i < APE_FRAMES; i++) {
		add_le32(out, 0x80000000u); /* CRC, flags follow */
		add_le32(out, 3); /* both channels silent */
		add_le64(out, 0);
	}
}

struct media_pool *
media_pool_make(uint32_t workers)
{
	struct media_settings settings = {
		.program = getenv("MEDIA_PROGRAM"), .workers = workers,
		/* Sanitizers on a busy machine are slow, not stuck. */
		.timeout_ms = 60000,
	};
	struct fault fault = { 0 };
	struct media_pool *pool;

	if (media_pool_open(&settings, &pool, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	return pool;
}

enum status
media_probe_path(struct media_pool *pool, const char *path, unsigned flags,
		 const uint8_t *known, struct arena *arena,
		 struct media_facts *out, struct fault *fault)
{
	struct media_probe_args args = { .name_hint = path, .flags = flags,
					 .known_picture = known };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum status status;

	assert_true(fd >= 0);
	status = media_probe(pool, fd, &args, arena, out, fault);
	close(fd);
	return status;
}

unsigned
media_kill_all(int signal)
{
	unsigned count = 0;
	glob_t tasks;

	assert_int_equal(glob("/proc/self/task/*/children", 0, NULL, &tasks),
			 0);
	for (size_t i = 0; i < tasks.gl_pathc; i++) {
		FILE *file = fopen(tasks.gl_pathv[i], "re");
		int pid;

		while (file != NULL && fscanf(file, "%d", &pid) == 1)
			count += kill(pid, signal) == 0;
		if (file != NULL)
			fclose(file);
	}
	globfree(&tasks);
	return count;
}
