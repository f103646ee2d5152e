# expand.awk - writes out the blocks of a score, so that a theme that comes
# back in another voice stands in the file once.
#
#   %%def NAME ... %%end     defines a block; $1..$9 in it are parameters
#   @NAME  @NAME*3  @NAME(C E G)   is replaced by the block; blocks may use blocks
#
# What comes out is plain ABC for abc2midi.

/^%%def / { name = $2; body[name] = ""; inside = 1; next }
/^%%end/ { inside = 0; next }
inside { body[name] = body[name] == "" ? $0 : body[name] "\n" $0; next }
{ print expand($0) }

function expand(line,    head, call, tail, arguments, times, n, words, text, once, i) {
	while (match(line, /@[a-z][a-z0-9_]*(\([^()]*\))?(\*[0-9]+)?/)) {
		head = substr(line, 1, RSTART - 1)
		call = substr(line, RSTART + 1, RLENGTH - 1)
		tail = substr(line, RSTART + RLENGTH)
		times = 1
		arguments = ""
		if (match(call, /\*[0-9]+$/)) {
			times = substr(call, RSTART + 1) + 0
			call = substr(call, 1, RSTART - 1)
		}
		if (match(call, /\(.*\)$/)) {
			arguments = substr(call, RSTART + 1, RLENGTH - 2)
			call = substr(call, 1, RSTART - 1)
		}
		if (!(call in body)) {
			printf "expand: %s: no block named %s\n", FILENAME, call > "/dev/stderr"
			exit 1
		}
		once = body[call]
		n = split(arguments, words, " ")
		for (i = 1; i <= n; i++)
			gsub("[$]" i, words[i], once)
		text = once
		for (i = 2; i <= times; i++)
			text = text "\n" once
		line = head text tail
	}
	return line
}
