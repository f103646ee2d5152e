#!/usr/bin/env bash
# The checks of `make lint` can fail: each is shown a tree with one fault.
# shellcheck disable=SC2016,SC2329  # backticks of Markdown; functions called by name
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tools/tap.sh
. "$top/tests/tools/tap.sh"
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT

fails() { # fails WORDS COMMAND...: the command fails and says WORDS
	local words=$1 out
	shift
	if out=$("$@" 2>&1); then
		echo "it passed: $out"
		return 1
	fi
	grep -qF -- "$words" <<<"$out" || { echo "it said: $out"; return 1; }
}

tree() { # tree NAME FILE TEXT...: makes a source tree, prints its folder
	local root=$room/$1
	shift
	while [ $# -gt 0 ]; do
		mkdir -p "$root/$(dirname "$1")"
		printf '%b' "$2" >"$root/$1"
		shift 2
	done
	echo "$root"
}

this_tree_keeps_its_floors() { "$top/tools/check_floors"; }

a_driver_may_include_base_and_net() {
	"$top/tools/check_floors" "$(tree good src/driver/blob.c '#include "base/log.h"\n#include "net/http.h"\n#include <stdio.h>\n' src/main.c '#include "app/app.h"\n')"
}

base_may_not_include_a_driver() {
	fails "src/base/log.c:2: floor 0 includes driver/store.h of floor 2" \
		"$top/tools/check_floors" "$(tree up src/base/log.c '#include <stdio.h>\n#include "driver/store.h"\n')"
}

media_may_not_include_net() {
	fails "media/ includes net/http.h" "$top/tools/check_floors" "$(tree side src/media/probe.c '#include "net/http.h"\n')"
}

net_may_not_include_media() {
	fails "net/ includes media/media.h" "$top/tools/check_floors" "$(tree side2 src/net/loop.c '  #  include "media/media.h"\n')"
}

a_folder_on_no_floor_is_an_error() {
	fails "src/misc/ is on no floor" "$top/tools/check_floors" "$(tree odd src/misc/x.c 'int x;\n')"
}

an_include_without_its_folder_is_an_error() {
	fails 'include "log.h" by its path' "$top/tools/check_floors" "$(tree near src/base/x.c '#include "log.h"\n')"
}

a_tree_without_sources_is_an_error() {
	fails "no source files" "$top/tools/check_floors" "$(tree none src/README 'x')" &&
		fails "no source files" "$top/tools/banned" "$(tree none src/README 'x')"
}

this_tree_calls_nothing_banned() { "$top/tools/banned"; }

each_banned_function_is_found() {
	local name
	for name in strcpy strcat sprintf vsprintf gets strtok atoi alloca system popen rand gmtime localtime mktemp; do
		fails "src/base/x.c:3: $name() is banned" "$top/tools/banned" \
			"$(tree "ban-$name" src/base/x.c "void f(void)\n{\n\tx = $name (y);\n}\n")" || return 1
	done
}

words_in_comments_and_strings_do_not_count() {
	"$top/tools/banned" "$(tree quoted src/base/x.c '/* strcpy(a, b)\n * system(c) */\nputs("say \\\\"gets(x)\\\\" rand()"); // atoi(x)\nint my_system(void); p->system(p); q.rand(); gmtime_r(a, b);\n')"
}

code_after_a_comment_does_count() {
	fails "x.c:2: strcpy()" "$top/tools/banned" "$(tree after src/base/x.c '/* one\n two */ strcpy(a, "b");\n')"
}

the_documents_of_this_tree_are_true() {
	CHECK_DOCS_FACTS=$room "$top/tools/check_docs"
}

docs() { # docs README [SETTINGS [ROUTES [METRICS]]]: checks one page against these facts
	local root facts=$room/facts.$RANDOM
	root=$(tree "docs.$RANDOM" Makefile '.PHONY: run\nrun: build\n\ttrue\nbuild:\n' README.md "$1" docs/OTHER.md '# Second Page\n\ntext\n')
	mkdir "$facts"
	[ $# -lt 2 ] || printf '%b' "$2" >"$facts/settings"
	[ $# -lt 3 ] || printf '%b' "$3" >"$facts/routes"
	[ $# -lt 4 ] || printf '%b' "$4" >"$facts/metrics"
	CHECK_DOCS_FACTS=$facts "$top/tools/check_docs" "$root"
}

links_and_goals_that_exist_pass() {
	docs '# T\n[a](docs/OTHER.md) [b](docs/OTHER.md#second-page) [c](#t) [d](https://x.y/z) `make run`\n```\nmake build && make run\n[x](nowhere.md)\n```\n'
}

a_dead_link_is_found() { fails "README.md:2: link to docs/GONE.md" docs '# T\n[a](docs/GONE.md)\n'; }
a_dead_heading_is_found() { fails "no heading #third-page" docs '[a](docs/OTHER.md#third-page)\n'; }
an_unknown_goal_is_found() { fails '`make fly` is not a goal' docs 'Type `make fly`.\n'; }
an_unknown_goal_in_a_block_is_found() { fails '`make fly` is not a goal' docs '```\n$ make fly\n```\n'; }

a_setting_that_is_gone_is_found() {
	fails 'setting `OLD` is not in the program' docs '| setting | what |\n|---|---|\n| `HOST` | x |\n| `OLD` | y |\n' 'HOST\n'
}

a_setting_nobody_wrote_down_is_found() {
	fails 'setting `PORT` of the program is in no table' docs '| Setting | what |\n|---|---|\n| `HOST` | x |\n' 'HOST\nPORT\n'
}

a_route_that_is_gone_is_found() {
	fails 'route `GET /b/{id}`' docs '| route | what |\n|---|---|\n| `GET /a/{id}` | x |\n| `GET /b/{id}` | x |\n' '' 'GET /a/{id}\n'
}

a_metric_that_is_gone_is_found() {
	fails 'metric `ogma_b`' docs '| metric | what |\n|---|---|\n| `ogma_a{path}` | x |\n| `ogma_b` | x |\n' '' '' 'ogma_a\n'
}

tables_that_agree_pass() {
	docs '| setting | what |\n|---|---|\n| `HOST`, `PORT` | x |\n\n| metric | what |\n|---|---|\n| `ogma_a{path}` | x |\n' 'HOST\nPORT\n' '' 'ogma_a\n'
}

setup_lists_a_package_once_and_names_its_reason() {
	"$top/tools/setup" --list build run test bench lint fuzz | sort | uniq -d | awk 'END { exit NR > 0 }' &&
		"$top/tools/setup" --list build | grep -qx gcc &&
		! "$top/tools/setup" --list build | grep -qx chromium
}

setup_refuses_an_unknown_goal() { fails "unknown goal 'dance'" "$top/tools/setup" dance; }

check this_tree_keeps_its_floors a_driver_may_include_base_and_net base_may_not_include_a_driver \
	media_may_not_include_net net_may_not_include_media a_folder_on_no_floor_is_an_error \
	an_include_without_its_folder_is_an_error a_tree_without_sources_is_an_error this_tree_calls_nothing_banned \
	each_banned_function_is_found words_in_comments_and_strings_do_not_count code_after_a_comment_does_count \
	the_documents_of_this_tree_are_true links_and_goals_that_exist_pass a_dead_link_is_found \
	a_dead_heading_is_found an_unknown_goal_is_found an_unknown_goal_in_a_block_is_found \
	a_setting_that_is_gone_is_found a_setting_nobody_wrote_down_is_found a_route_that_is_gone_is_found \
	a_metric_that_is_gone_is_found tables_that_agree_pass setup_lists_a_package_once_and_names_its_reason \
	setup_refuses_an_unknown_goal
