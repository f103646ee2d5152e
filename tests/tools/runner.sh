#!/usr/bin/env bash
# tools/test counts what the frameworks say, and nothing that failed, died or
# stayed silent comes out as passed. Each test runs it in a tree of stand-ins.
# shellcheck disable=SC2016
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tools/tap.sh
. "$top/tests/tools/tap.sh"
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT

tree() { # tree NAME: a tree with the runner and nothing else
	mkdir -p "$room/$1/tools"
	cp "$top/tools/test" "$top/tools/npm-ready" "$room/$1/tools/"
	echo "$room/$1"
}

script() { # script FILE BODY
	mkdir -p "$(dirname "$1")"
	printf '#!/usr/bin/env bash\n%b\n' "$2" >"$1"
	chmod +x "$1"
}

# ends LINE CODE TREE STAGE...: the last line and the exit code of a run
ends() {
	local line=$1 code=$2 root=$3 out got=0
	shift 3
	out=$("$root/tools/test" "$@" 2>&1) || got=$?
	if [ "$(tail -n 1 <<<"$out")" != "$line" ] || [ "$got" != "$code" ]; then
		echo "exit $got: $out"
		return 1
	fi
}

# with_meson NAME LOG: a stand-in for Meson whose run leaves this log
with_meson() {
	local root
	root=$(tree "$1")
	mkdir -p "$root/tests/unit" "$root/build-asan/meson-logs" "$root/bin"
	script "$root/tools/checked" 'exit 0'
	printf '%s' "$2" >"$root/says"
	script "$root/bin/meson" "cp '$root/says' '$root/build-asan/meson-logs/testlog.json'"
	echo "$root"
}

row() { # row NAME RESULT CODE TAP
	jq -cn --arg n "$1" --arg r "$2" --argjson c "$3" --arg o "$(printf '%b' "$4")" \
		'{name: $n, result: $r, returncode: $c, stdout: $o}'
}

with_vitest() { # with_vitest NAME JSON
	local root
	root=$(tree "$1")
	mkdir -p "$root/web/node_modules"
	echo '{}' >"$root/web/package.json"
	echo '{}' >"$root/web/package-lock.json"
	echo '{}' >"$root/web/node_modules/.installed"
	printf '%s' "$2" >"$root/says"
	script "$root/tools/with-node" 'for a in "$@"; do case $a in --outputFile.json=*) cp '"'$root/says'"' "${a#*=}" ;; esac; done'
	echo "$root"
}

scenarios_are_counted_not_programs() {
	local root
	root=$(with_meson scenarios "$(row a OK 0 '1..2\nok 1 - x\nok 2 - y\n'; row b FAIL 1 '1..2\nok 1 - x\nnot ok 2 - y\n')")
	PATH=$root/bin:$PATH ends "3 passed, 1 failed" 1 "$root" unit
}

a_program_that_dies_has_failed() {
	local root
	root=$(with_meson dies "$(row a OK 0 '1..1\nok 1 - x\n'; row b ERROR -11 '1..3\nok 1 - x\n')")
	PATH=$root/bin:$PATH ends "2 passed, 2 failed" 1 "$root" unit
}

a_program_that_says_nothing_has_failed() {
	local root
	root=$(with_meson mute "$(row a OK 0 '1..1\nok 1 - x\n'; row b OK 0 '')")
	PATH=$root/bin:$PATH ends "1 passed, 1 failed" 1 "$root" unit
}

a_leak_found_after_the_last_scenario_has_failed() {
	local root
	root=$(with_meson leak "$(row a FAIL 1 '1..1\nok 1 - x\n')")
	PATH=$root/bin:$PATH ends "1 passed, 1 failed" 1 "$root" unit
}

what_cmocka_skips_is_skipped_not_passed_or_failed() {
	local root
	root=$(with_meson skip "$(row a FAIL 0 '1..2\nok 1 - x\nnot ok 2 # SKIP y\n')")
	PATH=$root/bin:$PATH ends "1 passed, 0 failed, 1 skipped" 0 "$root" unit
}

a_stage_without_results_has_failed() {
	local root
	root=$(with_meson nothing "")
	PATH=$root/bin:$PATH ends "0 passed, 1 failed" 1 "$root" unit
}

a_stage_whose_folder_is_missing_is_left_out() {
	local root
	root=$(tree missing)
	script "$root/tests/tools/a.sh" 'echo 1..1; echo ok 1 - x'
	ends "1 passed, 0 failed" 0 "$root" tools unit server browser fuzz
}

a_run_of_nothing_fails() { ends "0 passed, 1 failed" 1 "$(tree empty)"; }

shell_tests_that_stop_early_have_failed() {
	local root
	root=$(tree early)
	script "$root/tests/tools/a.sh" 'echo 1..3; echo ok 1 - x; exit 1'
	ends "1 passed, 2 failed" 1 "$root" tools
}

vitest_counts_are_read() {
	ends "5 passed, 1 failed, 2 skipped" 1 "$(with_vitest counts '{"numPassedTests":5,"numFailedTests":1,"numPendingTests":2,"testResults":[]}')" web
}

a_vitest_file_that_cannot_load_has_failed() {
	ends "5 passed, 1 failed" 1 "$(with_vitest load '{"numPassedTests":5,"numFailedTests":0,"numPendingTests":0,"testResults":[{"status":"failed","assertionResults":[]}]}')" web
}

a_fuzzer_with_a_finding_or_without_runs_has_failed() {
	local root
	root=$(tree fuzz)
	mkdir -p "$root/tests/fuzz"
	script "$root/tools/fuzz" 'echo "fuzz a: 10 runs, ok"; echo "fuzz b: FINDING, see x"; echo "fuzz c: 0 runs, ok"; exit 1'
	ends "1 passed, 2 failed" 1 "$root" fuzz
}

what_failed_is_named_once_more_before_the_table() {
	local root out
	root=$(tree named)
	mkdir -p "$root/tests/fuzz"
	script "$root/tools/fuzz" 'echo "fuzz a: 10 runs, ok"; echo "fuzz b: FINDING, see x"; for i in $(seq 90); do echo "$i"; done; exit 1'
	out=$("$root/tools/test" fuzz 2>&1) || true
	tail -n 8 <<<"$out" | grep -q '^fuzz b: FINDING, see x$' || { echo "$out"; return 1; }
}

a_failed_build_ends_the_run() {
	local root
	root=$(tree broken)
	: >"$root/meson.build"
	script "$root/tools/build" 'exit 1'
	script "$root/tests/tools/a.sh" 'echo 1..1; echo ok 1 - x'
	ends "0 passed, 1 failed" 1 "$root"
}

# with_waiting NAME: stand-ins for a stage of servers and for lint; each waits for the other
with_waiting() {
	local root
	root=$(with_vitest "$1" '{"numPassedTests":3,"numFailedTests":0,"numPendingTests":0,"testResults":[]}')
	mkfifo "$root/lint-runs"
	script "$root/tools/with-node" 'read -r -t 20 _ <"'"$root"'/lint-runs" || exit 1; for a in "$@"; do case $a in --outputFile.json=*) cp '"'$root/says'"' "${a#*=}" ;; esac; done'
	script "$root/tools/lint" 'echo >"'"$root"'/lint-runs"; echo 1..1; echo '"$2"
	echo "$root"
}

what_needs_only_a_processor_runs_beside_the_rest() {
	ends "4 passed, 0 failed" 0 "$(with_waiting beside 'ok 1 - x')" lint web
}

what_fails_beside_the_rest_is_told_of_too() {
	local root
	root=$(with_waiting behind 'not ok 1 - lint: x')
	ends "3 passed, 1 failed" 1 "$root" web lint && grep -qx 'not ok 1 - lint: x' "$root/build/test/lint.log"
}

a_run_that_is_broken_off_leaves_nothing_running() {
	local root pid
	root=$(with_vitest off '{}')
	mkfifo "$root/lint-runs" "$root/never"
	script "$root/tools/lint" 'echo $$ >"'"$root"'/lint-runs"; read -r _ <"'"$root"'/never"'
	script "$root/tools/with-node" 'read -r _ <"'"$root"'/never"'
	setsid "$root/tools/test" web lint >/dev/null 2>&1 &
	read -r -t 20 pid <"$root/lint-runs"
	kill -TERM -- "-$!"
	timeout 20 tail --pid="$pid" -f /dev/null
}

an_unknown_stage_is_refused_before_anything_runs() {
	local root
	root=$(tree unknown)
	script "$root/tests/tools/a.sh" 'touch '"$root"'/ran; echo 1..1; echo ok 1 - x'
	! "$root/tools/test" tools dance >/dev/null 2>&1 && [ ! -e "$root/ran" ]
}

check scenarios_are_counted_not_programs a_program_that_dies_has_failed a_program_that_says_nothing_has_failed \
	a_leak_found_after_the_last_scenario_has_failed what_cmocka_skips_is_skipped_not_passed_or_failed \
	a_stage_without_results_has_failed a_stage_whose_folder_is_missing_is_left_out a_run_of_nothing_fails \
	shell_tests_that_stop_early_have_failed vitest_counts_are_read a_vitest_file_that_cannot_load_has_failed \
	a_fuzzer_with_a_finding_or_without_runs_has_failed what_failed_is_named_once_more_before_the_table \
	a_failed_build_ends_the_run what_needs_only_a_processor_runs_beside_the_rest \
	what_fails_beside_the_rest_is_told_of_too a_run_that_is_broken_off_leaves_nothing_running \
	an_unknown_stage_is_refused_before_anything_runs
