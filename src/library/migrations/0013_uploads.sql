-- Where an upload ended (path below the source's root), what it was, and what
-- its sender said of it. batch: files that were sent together have the same.
alter table staging_track_uploads add column source_id @int@ not null default 0;
alter table staging_track_uploads add column path @bytes@;
alter table staging_track_uploads add column sha256 @bytes@;
alter table staging_track_uploads add column url text;
alter table staging_track_uploads add column batch text not null default '';
alter table staging_track_uploads add column album text;
alter table staging_track_uploads add column artist text;
create index staging_track_uploads_sha256 on staging_track_uploads (sha256);
create index staging_track_uploads_batch
	on staging_track_uploads (user_id, batch, id);
create index staging_track_uploads_key on staging_track_uploads (blob_key);

-- A source that Ogma itself puts files into.
alter table sources add column managed @int@ not null default 0;
