/* artists.c - lists of artists; one artist is in owners.c. */
#include "api/forms.h"
#include "api/handlers.h"

struct artists_work {
	struct call *call;
	struct artist_filter filter;
	enum artist_sort sort;
	struct page_request page;
	struct artist_list list;
};

static enum status
artists_list_work(struct store_session *session, void *cookie,
		  struct fault *fault)
{
	struct artists_work *work = cookie;

	return artists_list(session, &work->filter, work->sort, &work->page,
			    work->call->arena, &work->list, fault);
}

static void
artists_work_answer(struct artists_work *work)
{
	work->page = call_page(work->call);
	if (call_read_store(work->call, artists_list_work, work))
		answer_artists(work->call, work->list.items, work->list.count,
			       &work->list.page);
}

void
handle_artists_list(struct call *call)
{
	struct artists_work work = {
		.call = call,
		.filter = { .letter = call_text(call, "letter") },
	};

	artist_sort_parse(call_text(call, "sort"), &work.sort);
	artists_work_answer(&work);
}

void
handle_artists_popular(struct call *call)
{
	struct artists_work work = { .call = call,
				     .sort = ARTISTS_BY_POPULARITY_DESC };

	artists_work_answer(&work);
}
