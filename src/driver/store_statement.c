/* store_statement.c - see store_statement.h. The cache is a hash table whose
 * entries are also linked from newest to oldest use. */
#include "driver/store_statement.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* Length of the quoted text or comment that begins at `at`; 0: none does. */
static size_t
quoted_length(const char *at)
{
	const char *end;

	if (*at == '\'' || *at == '"') {
		end = strchr(at + 1, *at);
		return end == NULL ? strlen(at) : (size_t)(end - at) + 1;
	}
	if (at[0] == '-' && at[1] == '-')
		return strcspn(at, "\n");
	return 0;
}

static const struct store_word *
word_at(const char *at, const struct store_word *words)
{
	if (*at != '@')
		return NULL;
	for (const struct store_word *word = words; word->word != NULL; word++)
		if (strncmp(at, word->word, strlen(word->word)) == 0)
			return word;
	return NULL;
}

char *
store_render(const char *sql, const struct store_word *words, char parameter)
{
	struct buffer out;

	buffer_init(&out, 0);
	while (*sql != '\0') {
		size_t quoted = quoted_length(sql);
		const struct store_word *word = word_at(sql, words);

		if (quoted > 0) {
			buffer_add(&out, sql, quoted);
			sql += quoted;
		} else if (word != NULL) {
			buffer_add_text(&out, word->means);
			sql += strlen(word->word);
		} else if (*sql == '$' && isdigit((unsigned char)sql[1])) {
			buffer_add_char(&out, parameter);
			sql++;
		} else {
			buffer_add_char(&out, *sql++);
		}
	}
	return buffer_take(&out, NULL);
}

/* Eight letters at a time: the texts are long and each use hashes one. */
static uint64_t
sql_hash(const char *sql)
{
	size_t left = strlen(sql);
	uint64_t hash = left, letters;

	for (; left > 0; sql += sizeof letters) {
		size_t count = left < sizeof letters ? left : sizeof letters;

		letters = 0;
		memcpy(&letters, sql, count);
		hash = (hash ^ letters) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
		left -= count;
	}
	return hash;
}

void
statement_cache_init(struct statement_cache *cache, uint32_t limit,
		     void (*free_one)(void *, struct statement *),
		     void *cookie)
{
	assert(limit > 0);
	*cache = (struct statement_cache){ .limit = limit,
					   .free_one = free_one,
					   .cookie = cookie };
}

static void
unlink_use(struct statement_cache *cache, struct statement *statement)
{
	if (statement->newer != NULL)
		statement->newer->older = statement->older;
	else
		cache->newest = statement->older;
	if (statement->older != NULL)
		statement->older->newer = statement->newer;
	else
		cache->oldest = statement->newer;
	statement->newer = statement->older = NULL;
}

static void
link_newest(struct statement_cache *cache, struct statement *statement)
{
	statement->older = cache->newest;
	if (cache->newest != NULL)
		cache->newest->newer = statement;
	else
		cache->oldest = statement;
	cache->newest = statement;
}

void
statement_cache_drop(struct statement_cache *cache,
		     struct statement *statement)
{
	struct statement **link =
		&cache->buckets[statement->hash % STATEMENT_BUCKETS];
	char *sql = statement->sql;

	while (*link != statement)
		link = &(*link)->same_bucket;
	*link = statement->same_bucket;
	unlink_use(cache, statement);
	cache->count--;
	cache->free_one(cache->cookie, statement);
	free(sql);
}

void
statement_cache_release(struct statement_cache *cache)
{
	while (cache->newest != NULL)
		statement_cache_drop(cache, cache->newest);
}

struct statement *
statement_cache_find(struct statement_cache *cache, const char *sql)
{
	uint64_t hash = sql_hash(sql);
	struct statement *statement =
		cache->buckets[hash % STATEMENT_BUCKETS];

	while (statement != NULL &&
	       (statement->hash != hash || strcmp(statement->sql, sql) != 0))
		statement = statement->same_bucket;
	if (statement != NULL && statement != cache->newest) {
		unlink_use(cache, statement);
		link_newest(cache, statement);
	}
	return statement;
}

/* Statements that run now stay, so the cache may be over its limit by as many
 * as are nested. */
static void
evict(struct statement_cache *cache)
{
	struct statement *statement = cache->oldest;

	while (statement != NULL && cache->count > cache->limit) {
		struct statement *newer = statement->newer;

		if (statement->users == 0 && statement != cache->newest)
			statement_cache_drop(cache, statement);
		statement = newer;
	}
}

void
statement_cache_add(struct statement_cache *cache, struct statement *statement,
		    const char *sql)
{
	struct statement **bucket;

	statement->sql = mem_copy_text(sql);
	statement->hash = sql_hash(sql);
	bucket = &cache->buckets[statement->hash % STATEMENT_BUCKETS];
	statement->same_bucket = *bucket;
	*bucket = statement;
	link_newest(cache, statement);
	cache->count++;
	evict(cache);
}
