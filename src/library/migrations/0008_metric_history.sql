-- Figures of the server and its channels over the last days. channel_id 0: of
-- the whole server. at: Unix milliseconds.
create table metric_history (
	metric text not null,
	channel_id @int@ not null,
	at @int@ not null,
	value @real@ not null,
	primary key (metric, channel_id, at)
) @keyed@;
create index metric_history_at on metric_history (at);
