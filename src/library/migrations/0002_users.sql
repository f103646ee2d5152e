-- People who may sign in. Leaving is soft: the row stays with left_at, so that
-- what a person did keeps its author.
create table users (
	id @id@,
	username text not null,
	username_key text not null unique,
	email text,
	email_key text unique,
	full_name text,
	role text not null
		check (role in ('user', 'artist', 'moderator', 'admin', 'superadmin')),
	password_hash text,
	is_active @int@ not null,
	left_at @int@,
	created_at @int@ not null,
	updated_at @int@ not null
) @strict@;
