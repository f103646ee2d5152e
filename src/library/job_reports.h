/* job_reports.h - what jobs found out, as JSON: "monitoring", "daily".
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_JOB_REPORTS_H
#define OGMA_LIBRARY_JOB_REPORTS_H

#include <stdint.h>

#include "driver/store.h"
#include "library/page.h"

#define JOB_REPORTS_KEEP 1000 /* of a kind; older are forgotten */

struct job_report {
	int64_t id, created_at_ms;
	const char *kind;
	const char *body; /* a JSON object */
};

struct job_report_list {
	struct job_report *items;
	size_t count;
	struct page_info page;
};

enum status job_reports_add(struct store_session *session, const char *kind,
			    int64_t created_at_ms, const char *body,
			    struct fault *fault);

/* Newest first. */
enum status job_reports_list(struct store_session *session, const char *kind,
			     const struct page_request *page,
			     struct arena *arena, struct job_report_list *out,
			     struct fault *fault);

#endif /* OGMA_LIBRARY_JOB_REPORTS_H */
