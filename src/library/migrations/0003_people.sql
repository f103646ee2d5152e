-- People's sessions, keys and invitations, and the audit log.
create table sessions (
	id @id@
) @strict@;
