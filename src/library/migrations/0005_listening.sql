-- What the store keeps of listening: the log of events is a driver's own.
create table listening_totals (
	id @id@
) @strict@;
