/* router.c - finds the row for a path; see route.h.
 *
 * A tree of path segments. Each node has named children, at most one child
 * for a parameter, and a row per method. A name wins over a parameter, with
 * one step back where the name leads nowhere. */
#include <assert.h>
#include <stdlib.h>

#include "api/route.h"
#include "base/memory.h"

struct node {
	struct span name; /* in the pattern's text */
	struct node *children, *next;
	struct node *parameter;
	const struct route *rows[HTTP_METHOD_OTHER];
};

struct router {
	const struct route *routes;
	struct node root;
};

static bool
is_parameter(struct span segment)
{
	return segment.length > 2 && segment.at[0] == '{';
}

static struct node *
child_named(const struct node *node, struct span name)
{
	struct node *child = node->children;

	while (child != NULL && !span_equal(child->name, name))
		child = child->next;
	return child;
}

static struct node *
child_make(struct node *node, struct span name)
{
	struct node *child;

	child = is_parameter(name) ? node->parameter : child_named(node, name);
	if (child != NULL)
		return child;
	child = mem_new(1, sizeof *child);
	child->name = name;
	if (is_parameter(name)) {
		node->parameter = child;
	} else {
		child->next = node->children;
		node->children = child;
	}
	return child;
}

/* The next segment that is not empty, so that "//" and a last "/" do not
 * make one. */
static bool
next_segment(struct span *rest, struct span *segment)
{
	while (span_next(rest, '/', segment)) {
		if (segment->length > 0)
			return true;
	}
	return false;
}

struct router *
router_new(const struct route *routes)
{
	struct router *router = mem_new(1, sizeof *router);

	router->routes = routes;
	for (const struct route *row = routes; row->pattern != NULL; row++) {
		struct span rest = span_of(row->pattern), segment;
		struct node *node = &router->root;

		while (next_segment(&rest, &segment))
			node = child_make(node, segment);
		assert(node->rows[row->method] == NULL);
		node->rows[row->method] = row;
	}
	return router;
}

static void
node_free(struct node *node)
{
	struct node *child = node->children;

	while (child != NULL) {
		struct node *next = child->next;

		node_free(child);
		free(child);
		child = next;
	}
	if (node->parameter != NULL) {
		node_free(node->parameter);
		free(node->parameter);
	}
}

void
router_free(struct router *router)
{
	node_free(&router->root);
	free(router);
}

static bool
node_has_rows(const struct node *node)
{
	for (int method = 0; method < HTTP_METHOD_OTHER; method++) {
		if (node->rows[method] != NULL)
			return true;
	}
	return false;
}

/* Depth is bounded by the longest pattern, not by the path. */
static const struct node *
walk(const struct node *node, struct span rest, struct span *values)
{
	const struct node *found = NULL, *child;
	struct span segment;

	if (!next_segment(&rest, &segment))
		return node_has_rows(node) ? node : NULL;
	child = child_named(node, segment);
	if (child != NULL)
		found = walk(child, rest, values);
	if (found == NULL && node->parameter != NULL) {
		*values = segment;
		found = walk(node->parameter, rest, values + 1);
	}
	return found;
}

void
router_match(const struct router *router, enum http_method method,
	     struct span path, struct route_match *out)
{
	const struct node *node;
	enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;

	*out = (struct route_match){ 0 };
	node = walk(&router->root, path, out->values);
	if (node == NULL)
		return;
	for (int i = 0; i < HTTP_METHOD_OTHER; i++) {
		if (node->rows[i] != NULL)
			out->allowed |= 1u << i;
	}
	if (wanted < HTTP_METHOD_OTHER && node->rows[wanted] != NULL) {
		out->route = node->rows[wanted];
		out->index = (size_t)(out->route - router->routes);
	}
}
