-- What people need to sign in, and what those with rights did.

-- status: pending waits for approval. is_active is what an admin switches.
alter table users add column status text not null default 'active'
	check (status in ('pending', 'active', 'rejected', 'blocked'));
alter table users add column username_sort @bytes@;
alter table users add column telegram_id @int@;
alter table users add column reviewed_by @int@ references users (id);
alter table users add column reviewed_at @int@;
alter table users add column last_login_at @int@ not null default 0;
alter table users add column password_changed_at @int@ not null default 0;
update users set username_sort = cast(username_key as @bytes@);
create unique index users_by_telegram on users (telegram_id);
create index users_by_created on users (created_at, id) where left_at is null;
create index users_by_login on users (last_login_at, id)
	where left_at is null;
create index users_by_username on users (username_sort, id)
	where left_at is null;
create index users_by_role on users (role, id) where left_at is null;

-- One row is one sign-in: a family of refresh tokens, or a cookie. Of what the
-- client holds only SHA-256 is kept.
create table sessions (
	id @id@,
	user_id @int@ not null references users (id),
	kind @int@ not null,
	family_hash @bytes@ not null,
	refresh_hash @bytes@,
	address text,
	user_agent text,
	created_at @int@ not null,
	used_at @int@ not null,
	expires_at @int@ not null,
	revoked_at @int@ not null,
	revoked_why text
) @strict@;
create index sessions_of_user on sessions (user_id, id);
create index sessions_by_expiry on sessions (expires_at);

create table api_keys (
	id @id@,
	user_id @int@ not null references users (id),
	name text not null,
	prefix text not null,
	key_hash @bytes@ not null unique,
	scopes @int@ not null,
	created_at @int@ not null,
	expires_at @int@ not null,
	last_used_at @int@ not null,
	revoked_at @int@ not null
) @strict@;
create index api_keys_of_user on api_keys (user_id, id);

create table invitations (
	id @id@,
	code_hash @bytes@ not null unique,
	prefix text not null,
	role text not null,
	note text,
	uses_max @int@ not null,
	uses @int@ not null,
	created_by @int@ references users (id),
	created_at @int@ not null,
	expires_at @int@ not null,
	revoked_at @int@ not null
) @strict@;

-- Links that work once. purpose: setup makes the first superadmin, password
-- sets one.
create table one_time_links (
	id @id@,
	purpose text not null check (purpose in ('setup', 'password')),
	user_id @int@ references users (id),
	code_hash @bytes@ not null unique,
	created_at @int@ not null,
	expires_at @int@ not null,
	used_at @int@ not null
) @strict@;
create index one_time_links_of_user on one_time_links (user_id);

-- Who somebody is elsewhere. provider: telegram, or the issuer of an OIDC token.
create table user_logins (
	provider text not null,
	subject text not null,
	user_id @int@ not null references users (id),
	name text,
	created_at @int@ not null,
	used_at @int@ not null,
	primary key (provider, subject)
) @keyed@;
create index user_logins_of on user_logins (user_id);

create table admin_audit_logs (
	id @id@,
	admin_user_id @int@ references users (id),
	action text not null check (action in ('create', 'update', 'delete',
		'login', 'logout', 'view', 'export', 'bulk_update', 'bulk_delete')),
	model_name text not null,
	model_id @int@,
	old_values @json@,
	new_values @json@,
	ip_address text,
	user_agent text,
	created_at @int@ not null
) @strict@;
create index admin_audit_logs_by_admin on admin_audit_logs
	(admin_user_id, id);
create index admin_audit_logs_by_model on admin_audit_logs
	(model_name, model_id, id);
create index admin_audit_logs_by_action on admin_audit_logs (action, id);
create index admin_audit_logs_by_time on admin_audit_logs (created_at, id);
@refuse_ready@;
create trigger admin_audit_logs_keep before update on admin_audit_logs @refuse@;
create trigger admin_audit_logs_stay before delete on admin_audit_logs @refuse@;
