-- Buckets of two servers may have the same name.
drop index etl_s3_file_registry_path;
create unique index etl_s3_file_registry_path
	on etl_s3_file_registry (source_id, path);
create index etl_s3_file_registry_track
	on etl_s3_file_registry (track_id, path);
