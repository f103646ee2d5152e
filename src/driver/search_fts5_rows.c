/* search_fts5_rows.c - what matches a plan, row by row; see search_fts5.h.
 *
 * A MATCH of several words walks through all documents of the most frequent
 * ones. So pieces of the query that are about common words are left out of it:
 * what it gives is looked up in their bitmaps. Where all pieces are, the rarest
 * is walked through; or FTS5 is not asked at all, where the bitmaps have few
 * ids in common.
 *
 * Where one of the other pieces has few documents, those that have very many
 * more are left out as well, and looked for in the text of what is found. */
#include <stdlib.h>

#include "driver/search_fts5.h"

#define RARE_MAX 2000
#define RARE_RATIO 160 /* a look into a text is so many steps of a MATCH */
#define LEAVES_MAX 16  /* common words that one piece may mean */
#define EXTRA_MAX 3000 /* documents of words beside the common ones */
#define EXTRA_RATIO 8  /* or so much fewer than those have */

/* What one id costs that is looked up and, beside that, looked at, in steps of
 * a MATCH whose rows are given to us one by one. */
#define ID_STEPS 20
#define LOOK_STEPS 80
#define IDS_MAX 4000
#define PAGE 100 /* a walk ends when it has given about so many */

bool
fts5_plan_is_one_word(const struct search_plan *plan)
{
	return plan->piece_count == 1 && plan->pieces[0].typed.count == 1;
}

enum status
fts5_row_fetch(struct fts5_kind_search *ks, int64_t number, bool whole,
	       struct fts5_row *out)
{
	int64_t sequence = number & (FTS5_ROW_SEQUENCES - 1);
	enum status status;
	sqlite3_stmt *row;
	int code;

	if (!whole && sequence < FTS5_ROW_IDS) {
		*out = (struct fts5_row){ .row = number, .id = sequence };
		return STATUS_OK;
	}
	row = fts5_of_kind(ks->conn, ks->kind, whole ? FTS5_BY_ROW : FTS5_ID_OF,
			   &status, ks->fault);
	if (row == NULL)
		return status;
	sqlite3_bind_int64(row, 1, number);
	code = sqlite3_step(row);
	if (code == SQLITE_ROW && whole)
		fts5_row_read(row, ks->search->arena, out);
	else if (code == SQLITE_ROW)
		*out = (struct fts5_row){ .row = number,
					  .id = sqlite3_column_int64(row, 0) };
	else if (code == SQLITE_DONE)
		status = fault_field(ks->fault, STATUS_CORRUPT, "search",
				     "the search index has words of a "
				     "document that it does not have");
	else
		status = fts5_fault(ks->conn->db, ks->fault, "document");
	sqlite3_reset(row);
	return status;
}

enum status
fts5_row_rank(struct fts5_kind_search *ks, int64_t number,
	      enum search_rank worst, enum search_rank *out)
{
	struct search_words words = { 0 };
	struct fts5_row row;
	enum status status = fts5_row_fetch(ks, number, true, &row);

	if (status != STATUS_OK)
		return status;
	if (row.title_hash == ks->search->plan.title_hash) {
		*out = SEARCH_TITLE;
		return STATUS_OK;
	}
	fts5_row_words(ks->search->arena, &row, &words);
	*out = search_plan_rank(&ks->search->plan, &words, worst);
	return STATUS_OK;
}

bool
fts5_row_passes(const struct fts5_kind_search *ks, sqlite3_stmt *row,
		int column)
{
	const struct search_query *query = ks->query;

	return (query->genre == NULL ||
		sqlite3_column_int64(row, column) == ks->genre) &&
	       (query->year == 0 ||
		sqlite3_column_int64(row, column + 1) == query->year) &&
	       (query->artist_id == 0 ||
		sqlite3_column_int64(row, column + 2) == query->artist_id);
}

static enum status
match_each(struct fts5_kind_search *ks, const char *expression,
	   fts5_visit *visit, void *cookie)
{
	enum status status;
	sqlite3_stmt *rows = fts5_of_kind(ks->conn, ks->kind, FTS5_MATCH,
					  &status, ks->fault);
	int code;

	if (rows == NULL)
		return status;
	sqlite3_bind_text(rows, 1, expression, -1, SQLITE_STATIC);
	while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
		if (!visit(cookie, sqlite3_column_int64(rows, 0),
			   SEARCH_UNRANKED))
			break;
	}
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		status = fts5_fault(ks->conn->db, ks->fault, "query");
	sqlite3_reset(rows);
	return status;
}

/* What a piece is about, as bits. */
struct piece_leaves {
	int64_t numbers[LEAVES_MAX]; /* of the common ones */
	size_t count;
	struct fts5_leaves others;
};

/* False: the piece has no common words, or others of too many documents, or is
 * about words together. */
static enum status
piece_leaves_find(struct fts5_kind_search *ks, const struct plan_piece *piece,
		  enum search_rank worst, struct piece_leaves *out, bool *is)
{
	struct fts5_leaves all = { 0 };
	uint64_t common = 0, others = 0;
	enum status status = STATUS_OK;

	*out = (struct piece_leaves){ .count = 0 };
	*is = false;
	if (piece->typed.count != 1 || piece->other_layout.count > 1)
		return STATUS_OK;
	fts5_leaves_add(ks->search, piece->typed.words, ks->kind, piece->best,
			worst, &all);
	if (piece->other_layout.count == 1 && worst >= SEARCH_LAYOUT)
		fts5_leaves_add(ks->search, piece->other_layout.words, ks->kind,
				piece->best, worst, &all);
	out->others.at = all.at;
	for (size_t i = 0; status == STATUS_OK && i < all.count; i++) {
		const struct fts5_leaf leaf = all.at[i];
		int64_t number = 0;

		if (leaf.documents >= fts5_common_least &&
		    out->count < LEAVES_MAX)
			status = fts5_common_find(ks->conn, ks->kind, leaf.text,
						  leaf.length, leaf.prefix,
						  &number, ks->fault);
		if (number != 0) {
			out->numbers[out->count++] = number;
			common += leaf.documents;
			continue;
		}
		others += leaf.documents;
		out->others.at[out->others.count++] = leaf;
	}
	*is = status == STATUS_OK && out->count > 0 &&
	      (others <= EXTRA_MAX || others <= common / EXTRA_RATIO);
	return status;
}

static bool
bits_row(void *cookie, int64_t row, enum search_rank rank)
{
	(void)rank;
	fts5_bits_set(cookie, row & (FTS5_ROW_SEQUENCES - 1));
	return true;
}

/* Adds the bits of all that the piece may mean. */
static enum status
piece_bits(struct fts5_kind_search *ks, const struct piece_leaves *leaves,
	   struct fts5_bits *bits)
{
	enum status status = fts5_bits_clear(
		ks->conn, ks->kind, ks->search->arena, bits, ks->fault);

	for (size_t i = 0; status == STATUS_OK && i < leaves->count; i++)
		status = fts5_common_bits(ks->conn, ks->kind,
					  leaves->numbers[i], bits, ks->fault);
	if (status == STATUS_OK && leaves->others.count > 0)
		status = match_each(
			ks,
			fts5_expression_any(ks->search->arena, &leaves->others),
			bits_row, bits);
	return status;
}

/* Takes one piece into the bits, if it is about common words. */
static enum status
way_take_piece(struct fts5_way *way, const struct plan_piece *piece, bool *is)
{
	struct fts5_kind_search *ks = way->ks;
	struct piece_leaves leaves;
	enum status status =
		piece_leaves_find(ks, piece, way->worst, &leaves, is);

	if (status != STATUS_OK || !*is)
		return status;
	status = piece_bits(ks, &leaves, &ks->bits[way->has_bits]);
	if (status == STATUS_OK && way->has_bits)
		fts5_bits_and(&ks->bits[0], &ks->bits[1]);
	way->has_bits = true;
	return status;
}

/* Whether a document has an id without a bit. */
static enum status
kind_has_far(struct fts5_kind_search *ks, bool *out)
{
	enum status status;
	sqlite3_stmt *row =
		fts5_of_kind(ks->conn, ks->kind, FTS5_FAR, &status, ks->fault);
	int code;

	if (row == NULL)
		return status;
	sqlite3_bind_int64(row, 1, 1);
	sqlite3_bind_int64(row, 2, FTS5_ROW_IDS - 1);
	code = sqlite3_step(row);
	*out = code == SQLITE_ROW;
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		status = fts5_fault(ks->conn->db, ks->fault, "large ids");
	sqlite3_reset(row);
	return status;
}

/* Whether to go from id to id, and not through `documents` rows. */
static enum status
way_choose_ids(struct fts5_way *way, uint64_t documents)
{
	uint64_t count = fts5_bits_count(&way->ks->bits[0], IDS_MAX);
	uint64_t steps =
		count * (way->only_bits ? ID_STEPS : ID_STEPS + LOOK_STEPS);
	bool far = true;
	enum status status = STATUS_OK;

	if (count > PAGE)
		steps *= count / PAGE;
	if (count == IDS_MAX || (count > 0 && steps >= documents))
		return STATUS_OK;
	status = kind_has_far(way->ks, &far);
	if (status != STATUS_OK || far)
		return status;
	way->by_id = true;
	way->looks = !way->only_bits;
	return STATUS_OK;
}

/* Leaves out of `asked` what is far more frequent than the rarest. */
static void
way_leave_out(struct fts5_way *way, const uint64_t *documents, uint64_t least)
{
	size_t count = 0;

	for (size_t i = 0; i < way->asked.piece_count; i++) {
		if (documents[i] <= least * RARE_RATIO)
			way->asked.pieces[count++] = way->asked.pieces[i];
	}
	way->looks = count < way->asked.piece_count;
	way->asked.piece_count = count;
}

static size_t
least_of(const uint64_t *documents, size_t count)
{
	size_t least = 0;

	for (size_t i = 1; i < count; i++) {
		if (documents[i] < documents[least])
			least = i;
	}
	return least;
}

/* Sorts the pieces into bits and what FTS5 is asked for, and tells about how
 * many documents each of the latter has. */
static enum status
way_take_pieces(struct fts5_way *way, uint64_t *documents)
{
	const struct search_plan *plan = &way->ks->search->plan;
	const struct plan_piece *rarest = NULL;
	uint64_t least = UINT64_MAX;
	struct plan_piece *asked = way->asked.pieces;
	size_t count = 0;

	for (size_t i = 0; i < plan->piece_count; i++) {
		const struct plan_piece *piece = &plan->pieces[i];
		uint64_t here = fts5_estimate(piece, way->worst);
		bool common;
		enum status status = way_take_piece(way, piece, &common);

		if (status != STATUS_OK)
			return status;
		if (!common) {
			documents[count] = here;
			asked[count++] = *piece;
		} else if (here < least) {
			least = here;
			rarest = piece;
		}
	}
	way->only_bits = count == 0;
	if (rarest != NULL &&
	    (count == 0 || least < documents[least_of(documents, count)])) {
		documents[count] = least;
		asked[count++] = *rarest;
	}
	way->asked.piece_count = count;
	return STATUS_OK;
}

/* Whether each piece may mean something. */
static bool
plan_has_all(const struct fts5_kind_search *ks, enum search_rank worst)
{
	const struct search_plan *plan = &ks->search->plan;

	for (size_t i = 0; i < plan->piece_count; i++) {
		const struct plan_piece *piece = &plan->pieces[i];

		if (!fts5_piece_has(piece, ks->kind, piece->best, worst))
			return false;
	}
	return true;
}

enum status
fts5_way_find(struct fts5_kind_search *ks, enum search_rank worst,
	      struct fts5_way *out)
{
	const struct search_plan *plan = &ks->search->plan;
	uint64_t documents[SEARCH_QUERY_WORDS_MAX], least;
	enum status status;

	*out = (struct fts5_way){ .ks = ks, .worst = worst, .asked = *plan };
	out->is_empty = !plan_has_all(ks, worst);
	if (plan->piece_count < 2 || out->is_empty)
		return STATUS_OK;
	out->asked.pieces = arena_new(ks->search->arena, struct plan_piece,
				      plan->piece_count);
	status = way_take_pieces(out, documents);
	if (status != STATUS_OK)
		return status;
	least = documents[least_of(documents, out->asked.piece_count)];
	if (out->has_bits)
		status = way_choose_ids(out, least);
	if (!out->by_id && out->asked.piece_count > 1 && least <= RARE_MAX)
		way_leave_out(out, documents, least);
	return status;
}

struct walk {
	const struct fts5_way *way;
	fts5_visit *visit;
	void *cookie;
	size_t looks;
	enum status status;
};

static bool
walk_look(struct walk *walk, int64_t row)
{
	const struct fts5_way *way = walk->way;
	enum search_rank rank = SEARCH_UNRANKED;

	walk->status = fts5_row_rank(way->ks, row, way->worst, &rank);
	if (walk->status != STATUS_OK || ++walk->looks > FTS5_LOOKS_MAX)
		return false;
	return rank > way->worst || walk->visit(walk->cookie, row, rank);
}

static bool
walk_row(void *cookie, int64_t row, enum search_rank rank)
{
	struct walk *walk = cookie;
	const struct fts5_way *way = walk->way;
	int64_t sequence = row & (FTS5_ROW_SEQUENCES - 1);
	bool far = sequence >= FTS5_ROW_IDS;

	if (way->has_bits && !far && !fts5_bits_have(way->ks->bits, sequence))
		return true;
	if (way->looks || (way->has_bits && far))
		return walk_look(walk, row);
	return walk->visit(walk->cookie, row, rank);
}

/* The row of an id, or -1 if the filters leave it out. */
static enum status
id_row(struct fts5_kind_search *ks, int64_t id, int64_t *out)
{
	enum status status;
	sqlite3_stmt *row = fts5_of_kind(ks->conn, ks->kind, FTS5_ROW_OF,
					 &status, ks->fault);
	int code;

	if (row == NULL)
		return status;
	sqlite3_bind_int64(row, 1, id);
	code = sqlite3_step(row);
	*out = code == SQLITE_ROW && fts5_row_passes(ks, row, 1)
		       ? sqlite3_column_int64(row, 0)
		       : -1;
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		status = fts5_fault(ks->conn->db, ks->fault, "row of an id");
	sqlite3_reset(row);
	return status;
}

/* Looks up the rows of all bits. A search asks for one rank after the other,
 * mostly for the same ids: those of the last time are known. */
static enum status
ids_look_up(struct fts5_kind_search *ks)
{
	size_t room = fts5_bits_count(ks->bits, IDS_MAX), count = 0, last = 0;
	struct fts5_known *known =
		arena_new(ks->search->arena, struct fts5_known, room + 1);
	enum status status = STATUS_OK;
	int64_t id = 0;

	while (status == STATUS_OK && count < room &&
	       fts5_bits_next(ks->bits, &id)) {
		while (last < ks->known_count && ks->known[last].id < id)
			last++;
		known[count].id = id;
		if (last < ks->known_count && ks->known[last].id == id)
			known[count].row = ks->known[last].row;
		else
			status = id_row(ks, id, &known[count].row);
		count++;
	}
	if (status == STATUS_OK) {
		ks->known = known;
		ks->known_count = count;
	}
	return status;
}

int
fts5_row_compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Goes from bit to bit; rows come in their order. */
static enum status
walk_ids(struct walk *walk)
{
	struct fts5_kind_search *ks = walk->way->ks;
	enum status status = ids_look_up(ks);
	size_t count = 0;
	int64_t *rows;

	if (status != STATUS_OK)
		return status;
	rows = arena_new(ks->search->arena, int64_t, ks->known_count + 1);
	for (size_t i = 0; i < ks->known_count; i++) {
		if (ks->known[i].row >= 0)
			rows[count++] = ks->known[i].row;
	}
	qsort(rows, count, sizeof *rows, fts5_row_compare);
	for (size_t i = 0;
	     i < count && walk_row(walk, rows[i], SEARCH_UNRANKED); i++)
		;
	return STATUS_OK;
}

enum status
fts5_way_walk(const struct fts5_way *way, fts5_visit *visit, void *cookie)
{
	struct fts5_kind_search *ks = way->ks;
	struct walk walk = { way, visit, cookie, 0, STATUS_OK };
	const char *expression;
	enum status status;

	if (way->is_empty)
		return STATUS_OK;
	if (way->by_id) {
		status = walk_ids(&walk);
		return status == STATUS_OK ? walk.status : status;
	}
	expression = fts5_expression(ks->search, &way->asked, ks->kind,
				     way->worst, ks->filter);
	if (expression == NULL)
		return STATUS_OK;
	if (!way->has_bits && !way->looks)
		return match_each(ks, expression, visit, cookie);
	status = match_each(ks, expression, walk_row, &walk);
	return status == STATUS_OK ? walk.status : status;
}

enum status
fts5_rows_each(struct fts5_kind_search *ks, enum search_rank worst,
	       fts5_visit *visit, void *cookie)
{
	struct fts5_way way;
	enum status status = fts5_way_find(ks, worst, &way);

	return status == STATUS_OK ? fts5_way_walk(&way, visit, cookie)
				   : status;
}
