# shellcheck shell=bash
# tap.sh - runs test functions and prints TAP, for the tests of tools/.
# `check NAME...` calls each function in a subshell; non-zero is a failure.

check() {
	local name number=0 failed=0 out
	echo "1..$#"
	for name in "$@"; do
		number=$((number + 1))
		if out=$("$name" 2>&1); then
			echo "ok $number - ${name//_/ }"
		else
			echo "not ok $number - ${name//_/ }"
			[ -z "$out" ] || printf '# %s\n' "${out//$'\n'/$'\n# '}"
			failed=$((failed + 1))
		fi
	done
	[ "$failed" -eq 0 ]
}
