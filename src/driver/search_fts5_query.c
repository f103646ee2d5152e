/* search_fts5_query.c - answering queries; see search_fts5.h and, for what an
 * answer must be, search.h.
 *
 * Two ways lead to the same order. Few matches (FEW at most): all are fetched
 * and ranked by their text. Many: one MATCH per rank, each wider than the one
 * before, in the order of rows, as far as the page needs; what an earlier rank
 * gave is passed over. A search climbs three levels, each with all ranks of the
 * one before: what was typed; other layout and script; typos. It stops where
 * it has SEARCH_ENOUGH. */
#include <stdlib.h>

#include "driver/search_fts5.h"

#define TALLY_ROOM 64 /* cells at first; a power of two */
#define FEW 100
#define CHOICES_MAX 32	/* patterns of one word and one way of looking */
#define CHOICES_ALL 160 /* of all words together */

static size_t
rows_needed(const struct fts5_kind_search *ks)
{
	size_t need = (size_t)ks->query->offset + ks->query->limit;

	return need > SEARCH_ENOUGH ? need : SEARCH_ENOUGH;
}

static void
rows_add(struct fts5_kind_search *ks, int64_t row, enum search_rank rank)
{
	if (ks->count == ks->room) {
		size_t room = ks->room > 0 ? ks->room * 2 : 64;
		struct fts5_found *rows =
			arena_new(ks->search->arena, struct fts5_found, room);

		if (ks->count > 0)
			memcpy(rows, ks->rows, ks->count * sizeof *rows);
		ks->rows = rows;
		ks->room = room;
	}
	ks->rows[ks->count++] = (struct fts5_found){ row, rank };
}

static bool
rows_have(const struct fts5_kind_search *ks, size_t among, int64_t row)
{
	for (size_t i = 0; i < among; i++) {
		if (ks->rows[i].row == row)
			return true;
	}
	return false;
}

/* Gathers up to `most` rows with one rank, without those found before. */
struct gather {
	struct fts5_kind_search *ks;
	enum search_rank rank;
	size_t before, most;
	int64_t *sorted; /* the rows before, sorted, when these are many */
};

static bool
gather_has(const struct gather *gather, int64_t row)
{
	if (gather->sorted == NULL)
		return rows_have(gather->ks, gather->before, row);
	return bsearch(&row, gather->sorted, gather->before, sizeof row,
		       fts5_row_compare) != NULL;
}

static bool
gather_row(void *cookie, int64_t row, enum search_rank rank)
{
	struct gather *gather = cookie;

	if (!gather_has(gather, row))
		rows_add(gather->ks, row,
			 rank < SEARCH_UNRANKED ? rank : gather->rank);
	return gather->ks->count < gather->most;
}

/* Adds what the way leads to and is not there yet; `rank` is theirs where it is
 * not found out on the way. */
static enum status
gather_match(const struct fts5_way *way, enum search_rank rank, size_t most)
{
	struct fts5_kind_search *ks = way->ks;
	struct gather gather = {
		.ks = ks, .rank = rank, .before = ks->count, .most = most
	};

	if (ks->count > 32) {
		gather.sorted =
			arena_new(ks->search->arena, int64_t, ks->count);
		for (size_t i = 0; i < ks->count; i++)
			gather.sorted[i] = ks->rows[i].row;
		qsort(gather.sorted, ks->count, sizeof(int64_t),
		      fts5_row_compare);
	}
	return fts5_way_walk(way, gather_row, &gather);
}

/* Things whose whole title or name was typed. */
static enum status
gather_titles(struct fts5_kind_search *ks, size_t most)
{
	enum status status;
	sqlite3_stmt *rows = fts5_of_kind(ks->conn, ks->kind, FTS5_BY_TITLE,
					  &status, ks->fault);
	int code = SQLITE_DONE;

	if (rows == NULL)
		return status;
	sqlite3_bind_int64(rows, 1, ks->search->plan.title_hash);
	while (ks->count < most && (code = sqlite3_step(rows)) == SQLITE_ROW) {
		if (fts5_row_passes(ks, rows, 1))
			rows_add(ks, sqlite3_column_int64(rows, 0),
				 SEARCH_TITLE);
	}
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		status = fts5_fault(ks->conn->db, ks->fault, "titles");
	sqlite3_reset(rows);
	return status;
}

static bool
plan_has(const struct fts5_kind_search *ks, enum search_rank best,
	 enum search_rank worst)
{
	const struct search_plan *plan = &ks->search->plan;

	for (size_t i = 0; i < plan->piece_count; i++) {
		if (fts5_piece_has(&plan->pieces[i], ks->kind, best, worst))
			return true;
	}
	return false;
}

/* Asks for one rank after all better ones. Of one word only the patterns of the
 * rank itself give something new. Of several, one may match better than the
 * other: all patterns are asked for again, unless none is of this rank. */
static enum status
gather_rank(struct fts5_kind_search *ks, enum search_rank rank)
{
	const struct search_plan *plan = &ks->search->plan;
	struct fts5_way way;
	enum status status;

	ks->worst = rank;
	if (ks->count >= rows_needed(ks) ||
	    (rank > SEARCH_EXACT && !plan_has(ks, rank, rank)))
		return STATUS_OK;
	if (fts5_plan_is_one_word(plan))
		plan->pieces[0].best = rank;
	status = fts5_way_find(ks, rank, &way);
	if (status == STATUS_OK)
		status = gather_match(&way, rank, rows_needed(ks));
	plan->pieces[0].best = SEARCH_TITLE;
	return status;
}

/* Adds rank after rank until the page is full. Fallback ranks end the search as
 * soon as there are enough. */
static enum status
gather_more(struct fts5_kind_search *ks, enum search_rank rank,
	    enum search_rank worst)
{
	enum status status = STATUS_OK;

	for (; status == STATUS_OK && rank <= worst; rank++) {
		status = gather_rank(ks, rank);
		if (rank >= SEARCH_PREFIX && ks->count >= SEARCH_ENOUGH)
			break;
	}
	return status;
}

static enum status
gather_ranks(struct fts5_kind_search *ks, enum search_rank worst)
{
	enum status status;

	ks->count = 0;
	ks->complete = false;
	status = gather_titles(ks, rows_needed(ks));
	return status == STATUS_OK ? gather_more(ks, SEARCH_EXACT, worst)
				   : status;
}

static int
found_compare(const void *a, const void *b)
{
	const struct fts5_found *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* Drops the fallback ranks that are not needed. Rows are in order. */
static void
rows_cut(struct fts5_kind_search *ks, enum search_rank worst)
{
	size_t count = 0;

	ks->worst = SEARCH_PREFIX;
	for (;; ks->worst++) {
		while (count < ks->count && ks->rows[count].rank <= ks->worst)
			count++;
		if (count >= SEARCH_ENOUGH || ks->worst == worst)
			break;
	}
	ks->count = count;
}

/* Adds everything up to `worst` that is not there yet; *few false: there is too
 * much to look at each. */
static enum status
level_add(struct fts5_kind_search *ks, enum search_rank worst, bool *few)
{
	struct fts5_way way;
	size_t most = ks->count;
	enum status status = fts5_way_find(ks, worst, &way);

	if (status != STATUS_OK)
		return status;
	/* The ranks of what is looked at come with it. */
	most += way.looks ? FTS5_LOOKS_MAX : FEW + 1;
	status = gather_match(&way, SEARCH_UNRANKED, most);
	*few = ks->count < most;
	return status;
}

/* What was added is all: gives it its ranks and its order. */
static enum status
level_finish(struct fts5_kind_search *ks, enum search_rank worst)
{
	enum status status = STATUS_OK;

	ks->complete = true;
	for (size_t i = 0; status == STATUS_OK && i < ks->count; i++) {
		if (ks->rows[i].rank == SEARCH_UNRANKED)
			status = fts5_row_rank(ks, ks->rows[i].row, worst,
					       &ks->rows[i].rank);
	}
	if (status != STATUS_OK)
		return status;
	if (ks->count > 1)
		qsort(ks->rows, ks->count, sizeof *ks->rows, found_compare);
	rows_cut(ks, worst);
	return STATUS_OK;
}

/* The first level, by whichever of the two ways. */
static enum status
level_first(struct fts5_kind_search *ks)
{
	bool few = false;
	enum status status = STATUS_OK;

	/* One word: its ranks are cheaper to ask for than to see. */
	if (!fts5_plan_is_one_word(&ks->search->plan))
		status = level_add(ks, SEARCH_PREFIX, &few);
	if (status != STATUS_OK)
		return status;
	return few ? level_finish(ks, SEARCH_PREFIX)
		   : gather_ranks(ks, SEARCH_PREFIX);
}

/* Adds what has ranks from `best` to `worst` where all better is there already.
 * Such a thing has a piece that it matches by a new pattern only; so each piece
 * that has such patterns is asked for with these alone, and what they give is
 * little, however frequent the other pieces are. */
static enum status
level_add_new(struct fts5_kind_search *ks, enum search_rank best,
	      enum search_rank worst, bool *few)
{
	const struct search_plan *plan = &ks->search->plan;
	enum status status = STATUS_OK;

	*few = true;
	for (size_t i = 0; status == STATUS_OK && *few && i < plan->piece_count;
	     i++) {
		struct plan_piece *piece = &plan->pieces[i];

		if (!fts5_piece_has(piece, ks->kind, best, worst))
			continue;
		/* One of several words may match by an old pattern. */
		if (piece->typed.count == 1 && piece->other_layout.count <= 1)
			piece->best = best;
		status = level_add(ks, worst, few);
		piece->best = SEARCH_TITLE;
	}
	return status;
}

/* Climbs one level; one that brings no new meaning is passed over. What was
 * found so far is all up to `from`. */
static enum status
level_climb(struct fts5_kind_search *ks, enum search_rank from,
	    enum search_rank worst)
{
	size_t count = ks->count;
	enum status status;
	bool few;

	ks->worst = worst;
	if (!plan_has(ks, from + 1, worst))
		return STATUS_OK;
	if (!fts5_plan_is_one_word(&ks->search->plan)) {
		status = level_add_new(ks, from + 1, worst, &few);
		if (status != STATUS_OK)
			return status;
		if (few)
			return level_finish(ks, worst);
		ks->count = count;
		ks->complete = false;
	}
	return gather_more(ks, from + 1, worst);
}

static enum status
kind_run(struct fts5_kind_search *ks)
{
	enum status status;

	if (ks->genre < 0) {
		ks->complete = true;
		return STATUS_OK;
	}
	status = level_first(ks);
	if (status == STATUS_OK && ks->count < SEARCH_ENOUGH) {
		fts5_find_sound(ks->search);
		status = level_climb(ks, SEARCH_PREFIX, SEARCH_TRANSLIT);
	}
	if (status == STATUS_OK && ks->count < SEARCH_ENOUGH) {
		fts5_find_typos(ks->search);
		status = level_climb(ks, SEARCH_TRANSLIT, SEARCH_TYPO_TWICE);
	}
	return status;
}

struct counter {
	uint32_t count, most;
};

static bool
count_row(void *cookie, int64_t row, enum search_rank rank)
{
	struct counter *counter = cookie;

	(void)row;
	(void)rank;
	return ++counter->count < counter->most;
}

static enum status
kind_total(struct fts5_kind_search *ks, struct search_found *out)
{
	struct counter counter = { 0, ks->query->count_up_to + 1 };
	enum status status;

	/* A last rank that came up short has given all there is. */
	if (ks->complete || ks->count < rows_needed(ks)) {
		out->total = (uint32_t)ks->count;
		return STATUS_OK;
	}
	out->total = (uint32_t)ks->count;
	out->total_is_lower_bound = true;
	if (ks->query->count_up_to <= ks->count)
		return STATUS_OK;
	status = fts5_rows_each(ks, ks->worst, count_row, &counter);
	if (status != STATUS_OK)
		return status;
	out->total_is_lower_bound = counter.count == counter.most;
	out->total = counter.count - out->total_is_lower_bound;
	return STATUS_OK;
}

static enum status
kind_hits(struct fts5_kind_search *ks, struct search_found *out)
{
	size_t first = ks->query->offset, end = first + ks->query->limit;
	enum status status = STATUS_OK;

	if (end > ks->count)
		end = ks->count;
	if (first >= end)
		return STATUS_OK;
	out->hits =
		arena_new(ks->search->arena, struct search_hit, end - first);
	for (size_t i = first; status == STATUS_OK && i < end; i++) {
		struct search_hit *hit = &out->hits[out->count];
		struct fts5_row row;

		status = fts5_row_fetch(ks, ks->rows[i].row,
					ks->query->want_text, &row);
		if (status != STATUS_OK)
			break;
		*hit = (struct search_hit){
			.kind = ks->kind,
			.id = row.id,
			.rank = ks->rows[i].rank,
			.step = (uint32_t)(row.row >> FTS5_ROW_SEQUENCE_BITS),
			.title = ks->query->want_text ? row.title : NULL,
			.artist = ks->query->want_text ? row.artist : NULL,
		};
		out->count++;
	}
	return status;
}

/* Counts how often each value occurs; open addressing, never full. */
struct tally {
	struct tally_cell {
		int64_t value;
		uint32_t count; /* 0: a free cell */
	} * cells;
	size_t room; /* a power of two, or 0 */
	size_t used; /* at most half of them */
	struct arena *arena;
};

/* The cell of the value, or where it is to be. */
static struct tally_cell *
tally_cell(const struct tally *tally, int64_t value)
{
	size_t at =
		(uint64_t)value * 0x9E3779B97F4A7C15u >> 40 & (tally->room - 1);

	while (tally->cells[at].count > 0 && tally->cells[at].value != value)
		at = (at + 1) & (tally->room - 1);
	return &tally->cells[at];
}

static void
tally_widen(struct tally *tally)
{
	const struct tally before = *tally;

	tally->room = before.room == 0 ? TALLY_ROOM : 2 * before.room;
	tally->cells = arena_new(tally->arena, struct tally_cell, tally->room);
	for (size_t i = 0; i < before.room; i++) {
		if (before.cells[i].count > 0)
			*tally_cell(tally, before.cells[i].value) =
				before.cells[i];
	}
}

static void
tally_add(struct tally *tally, int64_t value)
{
	struct tally_cell *cell;

	if (value == 0)
		return;
	if (2 * tally->used >= tally->room)
		tally_widen(tally);
	cell = tally_cell(tally, value);
	if (cell->count++ == 0) {
		cell->value = value;
		tally->used++;
	}
}

static int
tally_compare(const void *a, const void *b)
{
	const struct tally_cell *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->value < y->value ? -1 : x->value > y->value;
}

static void
tally_finish(struct tally *tally, struct search_facets *out)
{
	size_t used = 0;

	for (size_t i = 0; i < tally->room; i++) {
		if (tally->cells[i].count > 0)
			tally->cells[used++] = tally->cells[i];
	}
	if (used > 1)
		qsort(tally->cells, used, sizeof *tally->cells, tally_compare);
	out->values = arena_new(tally->arena, struct search_facet,
				SEARCH_FACET_VALUES_MAX);
	while (out->count < SEARCH_FACET_VALUES_MAX && out->count < used) {
		out->values[out->count] = (struct search_facet){
			.id = tally->cells[out->count].value,
			.count = tally->cells[out->count].count,
		};
		out->count++;
	}
}

struct facet_count {
	struct fts5_kind_search *ks;
	struct tally genres, years, artists;
	size_t rows;
	enum status status;
};

static bool
facet_row(void *cookie, int64_t number, enum search_rank rank)
{
	struct facet_count *facets = cookie;
	struct fts5_kind_search *ks = facets->ks;
	sqlite3_stmt *row = fts5_of_kind(ks->conn, ks->kind, FTS5_BY_ROW,
					 &facets->status, ks->fault);

	(void)rank;
	if (row == NULL || facets->rows == SEARCH_FACET_DOCUMENTS_MAX) {
		facets->rows++;
		return false;
	}
	sqlite3_bind_int64(row, 1, number);
	if (sqlite3_step(row) == SQLITE_ROW) {
		tally_add(&facets->genres, sqlite3_column_int64(row, 2));
		tally_add(&facets->years, sqlite3_column_int64(row, 3));
		tally_add(&facets->artists, sqlite3_column_int64(row, 4));
	}
	sqlite3_reset(row);
	facets->rows++;
	return true;
}

/* The name of a genre or, by its document, of an artist. */
static enum status
facet_name(struct fts5_kind_search *ks, struct search_facet *facet, bool genre)
{
	enum status status;
	sqlite3_stmt *row =
		genre ? fts5_plain(ks->conn, FTS5_GENRE_NAME, &status,
				   ks->fault)
		      : fts5_of_kind(ks->conn, SEARCH_ARTIST, FTS5_BY_ID,
				     &status, ks->fault);

	if (row == NULL)
		return status;
	facet->text = "";
	sqlite3_bind_int64(row, 1, facet->id);
	if (sqlite3_step(row) == SQLITE_ROW)
		facet->text = arena_copy_text(
			ks->search->arena,
			(const char *)sqlite3_column_text(row, genre ? 0 : 6));
	sqlite3_reset(row);
	if (genre)
		facet->id = 0; /* the number is ours alone */
	return STATUS_OK;
}

static enum status
kind_facets(struct fts5_kind_search *ks, struct search_found *out)
{
	struct arena *arena = ks->search->arena;
	struct facet_count facets = { .ks = ks,
				      .genres = { .arena = arena },
				      .years = { .arena = arena },
				      .artists = { .arena = arena } };
	enum status status = STATUS_OK;

	if (ks->count > 0)
		status = fts5_rows_each(ks, ks->worst, facet_row, &facets);
	if (status == STATUS_OK)
		status = facets.status;
	out->facets_are_sampled = facets.rows > SEARCH_FACET_DOCUMENTS_MAX;
	tally_finish(&facets.genres, &out->genres);
	tally_finish(&facets.years, &out->years);
	tally_finish(&facets.artists, &out->artists);
	for (size_t i = 0; status == STATUS_OK && i < out->genres.count; i++)
		status = facet_name(ks, &out->genres.values[i], true);
	for (size_t i = 0; status == STATUS_OK && i < out->artists.count; i++)
		status = facet_name(ks, &out->artists.values[i], false);
	return status;
}

static void
filter_add(struct buffer *out, enum fts5_mark mark, int64_t value)
{
	char bytes[FTS5_MARK_BYTES];

	buffer_add_text(out, " AND \"");
	buffer_add(out, bytes, fts5_mark_print(mark, value, bytes));
	buffer_add_char(out, '"');
}

/* The filters as an expression to add, "" when there are none. */
static enum status
filter_make(struct fts5_kind_search *ks)
{
	const struct search_query *query = ks->query;
	enum status status = STATUS_OK;
	struct buffer out;

	buffer_init(&out, 0);
	if (query->genre != NULL) {
		status =
			fts5_genre_id(ks->conn, ks->search->arena, query->genre,
				      false, &ks->genre, ks->fault);
		if (ks->genre == 0)
			ks->genre = -1;
		filter_add(&out, FTS5_MARK_GENRE, ks->genre);
	}
	if (query->year != 0)
		filter_add(&out, FTS5_MARK_YEAR, query->year);
	if (query->artist_id != 0)
		filter_add(&out, FTS5_MARK_ARTIST, query->artist_id);
	ks->filter = arena_copy_bytes(
		ks->search->arena, out.length > 0 ? out.bytes : "", out.length);
	buffer_release(&out);
	return status;
}

/* The word of the thing that the query's word found best; NULL: none. */
static const struct search_word *
word_found(const struct plan_word *word, const struct search_words *words)
{
	for (size_t i = 0; i < word->pattern_count; i++) {
		for (size_t k = 0; k < words->count; k++) {
			if (search_pattern_matches(&word->patterns[i].pattern,
						   &words->at[k]))
				return &words->at[k];
		}
	}
	return NULL;
}

/* Writes what of the thing one reading found; false: it did not find all. */
static bool
reading_write(const struct plan_reading *reading,
	      const struct search_words *words, struct buffer *out)
{
	size_t before = out->length;

	for (size_t i = 0; i < reading->count; i++) {
		const struct search_word *word =
			word_found(&reading->words[i], words);

		if (word == NULL) {
			out->length = before;
			return false;
		}
		if (out->length > 0)
			buffer_add_char(out, ' ');
		buffer_add(out, word->text, word->length_bytes);
	}
	return reading->count > 0;
}

/* The query in the words of the first thing found. Pieces take the reading of
 * better rank. */
static enum status
mean_of_row(struct fts5_kind_search *ks, int64_t number, const char **out)
{
	const struct search_plan *plan = &ks->search->plan;
	struct search_words words = { 0 };
	struct fts5_row row;
	struct buffer text;
	enum status status = fts5_row_fetch(ks, number, true, &row);

	if (status != STATUS_OK)
		return status;
	fts5_row_words(ks->search->arena, &row, &words);
	buffer_init(&text, SEARCH_QUERY_BYTES_MAX);
	for (size_t i = 0; i < plan->piece_count; i++) {
		struct plan_piece *piece = &plan->pieces[i];
		struct search_plan only = { .pieces = piece, .piece_count = 1 };
		bool other =
			search_plan_rank(&only, &words, SEARCH_TYPO_TWICE) ==
			SEARCH_LAYOUT;

		if (!reading_write(other ? &piece->other_layout : &piece->typed,
				   &words, &text))
			reading_write(other ? &piece->typed
					    : &piece->other_layout,
				      &words, &text);
	}
	if (text.length > 0)
		*out = arena_copy_bytes(ks->search->arena, text.bytes,
					text.length);
	buffer_release(&text);
	return STATUS_OK;
}

static bool
first_row(void *cookie, int64_t row, enum search_rank rank)
{
	(void)rank;
	*(int64_t *)cookie = row;
	return false;
}

/* Tries the pieces first … end - 1 alone, with any meaning. */
static enum status
mean_of_part(struct fts5_kind_search *ks, size_t first, size_t end,
	     const char **out)
{
	struct search_plan *plan = &ks->search->plan, whole = *plan;
	enum status status = STATUS_OK;

	plan->pieces += first;
	plan->piece_count = end - first;
	for (int k = 0; status == STATUS_OK && *out == NULL && k < SEARCH_KINDS;
	     k++) {
		int64_t row = -1;

		if (!(ks->query->kinds & SEARCH_KIND_BIT(k)))
			continue;
		ks->kind = (enum search_kind)k;
		status = fts5_rows_each(ks, SEARCH_TYPO_TWICE, first_row, &row);
		if (status == STATUS_OK && row >= 0)
			status = mean_of_row(ks, row, out);
	}
	*plan = whole;
	return status;
}

/* Nothing was found: without the last word, without the first, or one of the
 * first few alone? */
static enum status
mean_of_less(struct fts5_kind_search *ks, const char **out)
{
	const struct search_plan *plan = &ks->search->plan;
	size_t count = plan->piece_count;
	enum status status;

	if (count < 2 || ks->genre < 0)
		return STATUS_OK;
	status = mean_of_part(ks, 0, count - 1, out);
	if (status == STATUS_OK && *out == NULL)
		status = mean_of_part(ks, 1, count, out);
	for (size_t i = 0;
	     status == STATUS_OK && *out == NULL && i < count && i < 4; i++)
		status = mean_of_part(ks, i, i + 1, out);
	return status;
}

/* The best of each kind's first rows decides. `all` is by kind. */
static enum status
mean_find(struct fts5_kind_search *all, struct fts5_kind_search *any,
	  const char **out)
{
	struct fts5_kind_search *best = NULL;

	for (int k = 0; k < SEARCH_KINDS; k++) {
		if (all[k].count > 0 &&
		    (best == NULL || all[k].rows[0].rank < best->rows[0].rank))
			best = &all[k];
	}
	if (best == NULL)
		return mean_of_less(any, out);
	if (best->rows[0].rank != SEARCH_LAYOUT &&
	    best->rows[0].rank < SEARCH_TYPO)
		return STATUS_OK;
	return mean_of_row(best, best->rows[0].row, out);
}

static void
patterns_copy(const struct search_plan *plan, struct search_answer *out)
{
	struct arena *arena = plan->arena;
	size_t count = 0;

	for (int pass = 0; pass < 2; pass++) {
		if (pass == 1)
			out->patterns =
				arena_new(arena, struct search_pattern, count);
		for (size_t i = 0; i < plan->piece_count * 2; i++) {
			const struct plan_piece *piece = &plan->pieces[i / 2];
			const struct plan_reading *reading =
				i % 2 ? &piece->other_layout : &piece->typed;

			for (size_t w = 0; w < reading->count; w++) {
				const struct plan_word *word =
					&reading->words[w];

				count += word->pattern_count;
				for (size_t p = 0;
				     pass == 1 && p < word->pattern_count; p++)
					out->patterns[out->pattern_count++] =
						word->patterns[p].pattern;
			}
		}
	}
}

static enum status
kind_answer(struct fts5_kind_search *ks, struct search_found *out)
{
	enum status status = kind_run(ks);

	if (status == STATUS_OK)
		status = kind_total(ks, out);
	if (status == STATUS_OK)
		status = kind_hits(ks, out);
	if (status == STATUS_OK && ks->query->want_facets)
		status = kind_facets(ks, out);
	out->worst = ks->worst;
	return status;
}

/* All of a query inside its transaction. */
static enum status
query_run(struct fts5_conn *conn, const struct fts5_state *state,
	  const struct term_set *terms, struct arena *arena,
	  const struct search_query *query, struct search_answer *out,
	  struct fault *fault)
{
	struct fts5_search search = { .arena = arena,
				      .terms = terms,
				      .kinds = query->kinds,
				      .choices_max = CHOICES_MAX };
	struct fts5_kind_search any = {
		.search = &search, .conn = conn, .query = query, .fault = fault
	};
	struct fts5_kind_search all[SEARCH_KINDS] = { 0 };
	enum status status;

	search_plan_make(arena, query->text, &search.plan);
	if (search.plan.piece_count == 0)
		return STATUS_OK;
	if (search.plan.word_count * CHOICES_MAX > CHOICES_ALL)
		search.choices_max = CHOICES_ALL / search.plan.word_count;
	status = filter_make(&any);
	fts5_find_base(&search);
	for (int k = 0; status == STATUS_OK && k < SEARCH_KINDS; k++) {
		if (!(query->kinds & SEARCH_KIND_BIT(k)) ||
		    state->documents[k] == 0)
			continue;
		all[k] = any;
		all[k].kind = (enum search_kind)k;
		status = kind_answer(&all[k], &out->found[k]);
	}
	if (status == STATUS_OK)
		status = mean_find(all, &any, &out->did_you_mean);
	if (status == STATUS_OK)
		patterns_copy(&search.plan, out);
	return status;
}

enum status
fts5_query(struct search_index *base, struct arena *arena,
	   const struct search_query *query, struct search_answer *out,
	   struct fault *fault)
{
	struct fts5_index *index = container_of(base, struct fts5_index, base);
	struct search_answer answer = { 0 };
	struct fts5_conn *conn;
	struct fts5_state state;
	struct term_set *terms = NULL;
	enum status status = fts5_take(index, &conn, fault);

	if (status != STATUS_OK)
		return status;
	status = fts5_begin(index, conn, false, &state, &terms, fault);
	if (status == STATUS_OK) {
		status = query_run(conn, &state, terms, arena, query, &answer,
				   fault);
		status = fts5_end(conn, status, fault);
	}
	term_set_drop(terms);
	fts5_give(index, conn);
	if (status == STATUS_OK)
		*out = answer;
	return status;
}
