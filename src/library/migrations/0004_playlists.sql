-- Playlists, favourites, ratings and play queues.
create table playlists (
	id @id@
) @strict@;
