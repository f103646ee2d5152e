-- What was heard in the sound of each file's track (media/analysis.h). version: of
-- the analyser; a lower one, or a row that is not there, is work to do. error: why
-- the file could not be heard; then there are no numbers. Genres are guesses, the
-- likeliest first, as "name probability" lines. features: means, variances and
-- chroma as doubles.
create table track_analysis (
	track_id @int@ primary key references tracks(id) on delete cascade,
	version @int@ not null,
	audio_key @bytes@ not null,
	analysed_at @int@ not null,
	error text,
	loudness_lufs @real@,
	loudness_range_lu @real@,
	true_peak_dbtp @real@,
	sample_rate_hz @int@ not null,
	samples @int@ not null,
	start_silence_samples @int@ not null,
	end_silence_samples @int@ not null,
	tempo @real@,
	other_tempo @real@,
	tempo_confidence @real@,
	musical_key text,
	key_confidence @real@,
	energy @real@,
	valence @real@,
	danceability @real@,
	genre text,
	genre_confidence @real@,
	genres text,
	features @bytes@,
	waveform @bytes@,
	fingerprint @bytes@
);
