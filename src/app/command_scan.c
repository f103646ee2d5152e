/* command_scan.c - `ogma scan PATH…`: reads folders into the library. */
#include "app/command.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "app/app.h"
#include "app/terminal.h"
#include "base/json.h"
#include "library/jobs.h"

#define BAR_WIDTH 28

static atomic_bool stop_asked;

static void
on_interrupt(int signal_number)
{
	(void)signal_number;
	atomic_store(&stop_asked, true);
}

struct scan_show {
	bool json, terminal;
};

static void
counts_members(struct json_writer *json, const struct scan_progress *p)
{
	json_member_int(json, "done", (int64_t)p->done);
	json_member_int(json, "total", (int64_t)p->total);
	json_member_double(json, "rate", p->rate);
	if (p->eta_seconds >= 0)
		json_member_int(json, "eta_seconds", p->eta_seconds);
	else
		json_member_null(json, "eta_seconds");
	json_member_int(json, "added", (int64_t)p->added);
	json_member_int(json, "updated", (int64_t)p->updated);
	json_member_int(json, "moved", (int64_t)p->moved);
	json_member_int(json, "removed", (int64_t)p->removed);
	json_member_int(json, "restored", (int64_t)p->restored);
	json_member_int(json, "unchanged", (int64_t)p->unchanged);
	json_member_int(json, "rejected", (int64_t)p->rejected);
	json_member_int(json, "elapsed_ms", p->elapsed_ms);
}

static void
event_print(const char *event, const char *path, const char *reason,
	    const struct scan_progress *progress)
{
	struct json_writer json;
	struct buffer line;

	buffer_init(&line, 0);
	json_writer_init(&json, &line);
	json_object_begin(&json);
	json_member_text(&json, "event", event);
	if (path != NULL)
		json_member_text(&json, "path", path);
	if (reason != NULL)
		json_member_text(&json, "reason", reason);
	if (progress != NULL)
		counts_members(&json, progress);
	json_object_end(&json);
	puts(line.bytes);
	fflush(stdout);
	buffer_release(&line);
}

static void
bar_print(const struct scan_progress *p)
{
	char bar[BAR_WIDTH + 1];
	int full = p->walk_ended && p->total > 0 ?
			   (int)(p->done * BAR_WIDTH / p->total) :
			   0;

	for (int i = 0; i < BAR_WIDTH; i++)
		bar[i] = i < full ? '#' : '.';
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r[%s] %llu of %llu%s, %.0f files/s", bar,
		(unsigned long long)p->done, (unsigned long long)p->total,
		p->walk_ended ? "" : "+", p->rate);
	if (p->walk_ended && p->eta_seconds >= 0)
		fprintf(stderr, ", %llds left", (long long)p->eta_seconds);
	fputs("\033[K", stderr);
}

static void
bar_clear(const struct scan_show *show)
{
	if (show->terminal && !show->json)
		fputs("\r\033[K", stderr);
}

static void
line_print(const char *word, const char *path, const char *reason)
{
	printf("%s: ", word);
	terminal_print(stdout, path);
	fputs(": ", stdout);
	terminal_print(stdout, reason);
	putchar('\n');
}

static void
show_progress(void *cookie, const struct scan_progress *progress)
{
	struct scan_show *show = cookie;

	if (show->json)
		event_print("progress", NULL, NULL, progress);
	else if (show->terminal)
		bar_print(progress);
}

static void
show_rejected(void *cookie, const char *path, const char *reason)
{
	struct scan_show *show = cookie;

	if (show->json) {
		event_print("rejected", path, reason, NULL);
	} else {
		bar_clear(show);
		line_print("rejected", path, reason);
	}
}

static void
counts_print(const char *path, const struct scan_progress *p)
{
	terminal_print(stdout, path);
	printf(": %llu added, %llu updated, %llu moved, %llu removed, "
	       "%llu restored, %llu unchanged, %llu rejected in %.1f s\n",
	       (unsigned long long)p->added,
	       (unsigned long long)p->updated, (unsigned long long)p->moved,
	       (unsigned long long)p->removed,
	       (unsigned long long)p->restored,
	       (unsigned long long)p->unchanged,
	       (unsigned long long)p->rejected, (double)p->elapsed_ms / 1000);
}

static enum status
folder_scan(struct app *app, const char *path, struct scan_show *show,
	    bool again, struct fault *fault)
{
	struct scan_args args = { .again = again,
				  .watcher = { .progress = show_progress,
					       .rejected = show_rejected,
					       .cookie = show },
				  .stop = &stop_asked };
	struct scan_progress progress = { 0 };
	bool is_new;
	enum status status = scan_source_add(app->store, path, &args.source_id,
					     &is_new, fault);

	if (status != STATUS_OK)
		return status;
	status = scan_run(&app->scan, &args, &progress, NULL, fault);
	bar_clear(show);
	if (status != STATUS_OK)
		return status;
	if (show->json)
		event_print("done", path, NULL, &progress);
	else
		counts_print(path, &progress);
	return STATUS_OK;
}

int
command_scan(struct invocation *invocation)
{
	bool again = invocation_take_switch(invocation, "--again");
	struct scan_show show = { .json = invocation->json,
				  .terminal = isatty(STDERR_FILENO) == 1 };
	struct fault fault = { 0 };
	enum status status;
	struct app app;
	int code = EXIT_DONE, scanned;

	if (invocation->count == 0 || invocation_stray(invocation) != NULL)
		return EXIT_USAGE;
	signal(SIGINT, on_interrupt);
	signal(SIGTERM, on_interrupt);
	status = app_open(&app, invocation->settings, APP_INDEX | APP_MEDIA,
			  &fault);
	if (status != STATUS_OK)
		return command_fail(invocation, &fault);
	for (scanned = 0; scanned < invocation->count && !stop_asked; scanned++)
		if (folder_scan(&app, invocation->arguments[scanned], &show,
				again, &fault) != STATUS_OK)
			code = command_fail(invocation, &fault);
	if (scanned < invocation->count && code == EXIT_DONE) {
		fault_set(&fault, STATUS_FAILED, "the scan was stopped");
		code = command_fail(invocation, &fault);
	}
	/* A running server does this by itself; without one nobody would. */
	status = index_catch_up(app.index, 0, &fault);
	if (status != STATUS_OK && status != STATUS_AGAIN_LATER)
		code = command_fail(invocation, &fault);
	app_close(&app);
	return code;
}

/* ---- ogma index --------------------------------------------------------- */

static void
show_rebuild(void *cookie, uint64_t done, uint64_t total)
{
	struct scan_show *show = cookie;

	if (show->terminal && !show->json)
		fprintf(stderr, "\r%llu of %llu\033[K",
			(unsigned long long)done, (unsigned long long)total);
}

int
command_index(struct invocation *invocation)
{
	bool rebuild = invocation_take_switch(invocation, "--rebuild");
	struct scan_show show = { .json = invocation->json,
				  .terminal = isatty(STDERR_FILENO) == 1 };
	struct fault fault = { 0 };
	enum status status;
	struct app app;
	int code = EXIT_DONE;

	if (!rebuild || invocation->count > 0)
		return EXIT_USAGE;
	if (app_open(&app, invocation->settings, APP_INDEX, &fault) !=
	    STATUS_OK)
		return command_fail(invocation, &fault);
	status = index_rebuild(app.index, show_rebuild, &show, &fault);
	bar_clear(&show);
	if (status != STATUS_OK)
		code = command_fail(invocation, &fault);
	else if (invocation->json)
		puts("{\"event\":\"done\"}");
	else
		puts("the search index is new");
	app_close(&app);
	return code;
}

/* ---- ogma jobs ---------------------------------------------------------- */

struct jobs_work {
	struct arena arena;
	int64_t id;
	struct job_list list;
	struct job_row job;
	struct page_request page;
	struct job_line_list lines;
};

static enum status
jobs_work_list(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct jobs_work *work = cookie;
	struct job_filter filter = { 0 };

	return jobs_list(session, &filter, &work->page, &work->arena,
			 &work->list, fault);
}

static enum status
jobs_work_lines(struct store_session *session, void *cookie,
		struct fault *fault)
{
	struct jobs_work *work = cookie;

	return jobs_log_list(session, work->id, &work->page, &work->arena,
			     &work->lines, fault);
}

static void
job_print(const struct job_row *job, bool as_json)
{
	const struct job_progress *p = &job->progress;
	struct json_writer json;
	struct buffer line;

	if (!as_json) {
		printf("%lld\t%s\t%s\t%lld of %lld\tadded %lld\trejected "
		       "%lld\t%s\n",
		       (long long)job->id, job->kind,
		       job_state_name(job->state), (long long)p->done,
		       (long long)p->total, (long long)p->added,
		       (long long)p->rejected,
		       job->error != NULL ? job->error : "");
		return;
	}
	buffer_init(&line, 0);
	json_writer_init(&json, &line);
	json_object_begin(&json);
	json_member_int(&json, "id", job->id);
	json_member_text(&json, "kind", job->kind);
	json_member_int(&json, "source_id", job->source_id);
	json_member_text(&json, "state", job_state_name(job->state));
	json_member_int(&json, "done", p->done);
	json_member_int(&json, "total", p->total);
	json_member_int(&json, "added", p->added);
	json_member_int(&json, "updated", p->updated);
	json_member_int(&json, "removed", p->removed);
	json_member_int(&json, "unchanged", p->unchanged);
	json_member_int(&json, "rejected", p->rejected);
	json_member_text(&json, "error", job->error);
	json_member_time(&json, "started_at", job->started_at_ms);
	json_member_time(&json, "finished_at", job->finished_at_ms);
	json_object_end(&json);
	puts(line.bytes);
	buffer_release(&line);
}

/* Page after page, as long as there is a cursor. */
static enum status
lines_print(struct app *app, struct jobs_work *work, bool as_json,
	    struct fault *fault)
{
	do {
		enum status status =
			store_read(app->store, jobs_work_lines, work, fault);

		if (status != STATUS_OK)
			return status;
		for (size_t i = 0; i < work->lines.count; i++) {
			const struct job_line *line = &work->lines.items[i];

			if (as_json)
				event_print(line->level,
					    line->path ? line->path : "",
					    line->reason, NULL);
			else
				line_print(line->level,
					   line->path ? line->path : "-",
					   line->reason);
		}
		work->page.cursor = work->lines.page.next_cursor;
	} while (work->page.cursor != NULL);
	return STATUS_OK;
}

int
command_jobs(struct invocation *invocation)
{
	struct jobs_work work = { .page = { .limit = PAGE_LIMIT_MAX } };
	struct fault fault = { 0 };
	enum status status;
	struct app app;

	if (invocation->count > 1 ||
	    (invocation->count == 1 &&
	     !span_to_i64(span_of(invocation->arguments[0]), &work.id)))
		return EXIT_USAGE;
	if (app_open(&app, invocation->settings, APP_STORE, &fault) !=
	    STATUS_OK)
		return command_fail(invocation, &fault);
	arena_init(&work.arena);
	if (work.id > 0) {
		status = lines_print(&app, &work, invocation->json, &fault);
	} else {
		status = store_read(app.store, jobs_work_list, &work, &fault);
		for (size_t i = 0; status == STATUS_OK && i < work.list.count;
		     i++)
			job_print(&work.list.items[i], invocation->json);
	}
	arena_release(&work.arena);
	app_close(&app);
	return status == STATUS_OK ? EXIT_DONE :
				     command_fail(invocation, &fault);
}
