#!/usr/bin/env bash
# store.sh - pages and single tracks of a library of a million, in process.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname "$0")/common.sh"

say "store"
folder=$(library 1000000)
while read -r name median p99; do
	case $name in
	first_page) figure="first page of 50 by title" ;;
	last_pages) figure="pages at the end (by cursor)" ;;
	all_pages) figure="all 20,000 pages" ;;
	by_id) figure="one track by id" ;;
	*) continue ;;
	esac
	row store "1M: $figure, median" "$median" us - - -
	row store "1M: $figure, p99" "$p99" us - - -
done < <("$build/bench/bench_store" "$folder/ogma.db")
row store "1M: library on disk" "$(calc "$(stat -c %s "$folder/ogma.db") / 1e6")" MB - - -
