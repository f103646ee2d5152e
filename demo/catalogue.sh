# shellcheck shell=bash
# catalogue.sh - the albums and tracks of the demo library, read by
# tools/demo-library. Every name=value of `album` holds for the tracks after
# it; `track` adds its own.
#
#   file=      below the album's folder; its ending is the format
#   score=     the piece in demo/scores
#   part=A-B   seconds of the piece, cut at the sample: parts that follow each
#              other play without a gap (B empty: to the end)
#   tags=      id3v23 | id3v24 | cp1251 (mp3), alac (m4a)
#   cover=     embedded, and beside the files; embed=no leaves it beside only
#   lyrics=    .lrc file in demo/lyrics laid beside the track; lyrics_in= embeds
#   gain=yes   writes ReplayGain
#   mono=yes   one channel
#   others=    further artists, each in a tag of its own (flac)

album dir="Берёзовая роща - Русские песни (2012)" album="Русские песни" cover=russkie-pesni \
	artist="Ансамбль «Берёзовая роща»" album_artist="Ансамбль «Берёзовая роща»" date=2012 genre="Народная музыка" tracks=4
track file="01 Во поле берёза стояла.mp3" tags=id3v23 score=beryoza title="Во поле берёза стояла" \
	composer="русская народная" lyrics=beryoza
track file="02 Калинка.mp3" tags=cp1251 score=kalinka title="Калинка" composer="Иван Ларионов" embed=no
track file="03 Эй, ухнем.mp3" tags=id3v24 score=ukhnem title="Эй, ухнем" composer="русская народная" \
	artist="Ансамбль «Берёзовая роща» feat. Хор «Слободка»"
track file="04 Коробейники.mp3" tags=id3v24 score=korobeiniki title="Коробейники" composer="русская народная" gain=yes

album dir="Анна Вересова/Тихие романсы" album="Тихие романсы" cover=romansy \
	artist="Анна Вересова" album_artist="Анна Вересова" date=2019 genre="Русский романс" tracks=3
track file="01 - Выхожу один я на дорогу.ogg" score=doroga title="Выхожу один я на дорогу" \
	artist="Анна Вересова; Трио «Гамаюн»" composer="Илья Заречный" lyrics=doroga
track file="02 - Я помню чудное мгновенье.ogg" score=mgnovenie title="Я помню чудное мгновенье" composer="Илья Заречный"
track file="03 - Белеет парус одинокий.ogg" score=parus title="Белеет парус одинокий" composer="Илья Заречный" lyrics_in=parus

album dir="Eleanor Hale/Piano at Dusk" album="Piano at Dusk" cover=piano-at-dusk \
	artist="Eleanor Hale" album_artist="Eleanor Hale" date=2021-10-08 genre="Classical" tracks=4
track file="01 Gymnopédie No. 1.m4a" score=gymnopedie title="Gymnopédie No. 1" composer="Erik Satie"
track file="02 Für Elise.m4a" score=elise title="Für Elise, WoO 59" composer="Ludwig van Beethoven"
track file="03 Prelude in E minor.m4a" score=chopin-e title="Prelude in E minor, Op. 28 No. 4" composer="Frédéric Chopin"
track file="04 Prelude in C major.m4a" score=bach-prelude-c title="Prelude in C major, BWV 846" composer="Johann Sebastian Bach"

album dir="Max Fielding - The Entertainer" album="The Entertainer" cover=entertainer \
	artist="Max Fielding" album_artist="Max Fielding" date=2018 genre="Ragtime" tracks=1
track file="The Entertainer.flac" mono=yes score=entertainer title="The Entertainer" composer="Scott Joplin" others="Parlour Street Trio"

album dir="The Hollow Lane Band/2016 - Green Hills, Grey Water" album="Green Hills, Grey Water" cover=green-hills embed=no \
	artist="The Hollow Lane Band" album_artist="The Hollow Lane Band" date=2016 genre="Folk" tracks=6
track file="01. Greensleeves.opus" score=greensleeves title="Greensleeves" composer="Traditional"
track file="02. Scarborough Fair.opus" score=scarborough title="Scarborough Fair" composer="Traditional"
track file="03. The Swallowtail Jig & The Kesh.opus" score=swallowtail title="The Swallowtail Jig / The Kesh" \
	artist="The Hollow Lane Band feat. Niamh Corrigan" genre="Folk; Celtic; Dance" composer="Traditional"
track file="04. The Skye Boat Song.opus" score=skye title="The Skye Boat Song" genre="Folk; Celtic" composer="Traditional"
track file="05. Auld Lang Syne.opus" score=aulds title="Auld Lang Syne" composer="Traditional"
track file="06. Drunken Sailor.wav" mono=yes score=sailor title="Drunken Sailor" composer="Traditional"

album dir="Kantor 84/Well-Tempered Circuits" album="Well-Tempered Circuits" cover=circuits \
	artist="Kantor 84" album_artist="Kantor 84" date=2023 genre="Electronic" tracks=3
track file="01 Prelude in C (Circuit).mp3" tags=id3v24 score=prelude-circuit title="Prelude in C (Circuit)" \
	composer="Johann Sebastian Bach" gain=yes
track file="02 Jesu, Joy (Neon).mp3" tags=id3v23 score=jesu-neon title="Jesu, Joy (Neon)" composer="Johann Sebastian Bach" \
	artist="Kantor 84 feat. Vela" genre="Electronic; Synthpop"
track file="03 Minuet in G (Arcade).mp3" tags=id3v24 score=minuet-g title="Minuet in G (Arcade)" composer="Christian Petzold" \
	genre="Electronic; Chiptune"

album dir="Камерный оркестр «Нева»/Вечера с оркестром" album="Вечера с оркестром" cover=orkestr \
	album_artist="Камерный оркестр «Нева»" date=2008 genre="Classical" discs=2 tracks=4
track disc=1 file="CD1/01 Morning Mood.m4a" score=morning title="Morning Mood" artist="Edvard Grieg" composer="Edvard Grieg"
track disc=1 file="CD1/02 In the Hall of the Mountain King.m4a" score=mountain-king title="In the Hall of the Mountain King" \
	artist="Edvard Grieg" composer="Edvard Grieg"
track disc=1 file="CD1/03 Лебединое озеро. Сцена.m4a" score=swan title="Лебединое озеро: Сцена" \
	artist="Пётр Ильич Чайковский" composer="Пётр Ильич Чайковский"
track disc=1 file="CD1/04 Картинки с выставки. Прогулка.m4a" tags=alac mono=yes score=promenade title="Картинки с выставки: Прогулка" \
	artist="Модест Мусоргский" composer="Модест Мусоргский"
track disc=2 number=1 file="CD2/01 Ode to Joy.mp3" tags=id3v24 score=ode title="Ode to Joy" artist="Ludwig van Beethoven" composer="Ludwig van Beethoven"
track disc=2 number=2 file="CD2/02 The Blue Danube.mp3" tags=id3v24 score=danube title="The Blue Danube" genre="Waltz" \
	artist="Johann Strauss II" composer="Johann Strauss II"
track disc=2 number=3 file="CD2/03 Rondo alla Turca.mp3" tags=id3v23 score=turkish title="Rondo alla Turca, K. 331" genre="March" \
	artist="Wolfgang Amadeus Mozart" composer="Wolfgang Amadeus Mozart"
track disc=2 number=4 file="CD2/04 Wiegenlied.mp3" tags=id3v24 score=lullaby title="Wiegenlied, Op. 49 No. 4" genre="Lullaby" \
	artist="Johannes Brahms" composer="Johannes Brahms"

album dir="Сборники/Зимний вечер - Winter Evening" album="Зимний вечер / Winter Evening" cover=winter \
	album_artist="Various Artists" compilation=1 date=2020 genre="Holiday" tracks=5
track file="01 Stille Nacht.wv" mono=yes score=silent-night title="Stille Nacht" artist="Snowdrift Quartet" composer="Franz Xaver Gruber"
track file="02 Jingle Bells.wma" score=jingle title="Jingle Bells" artist="The Hollow Lane Band" composer="James Lord Pierpont"
track file="03 Щедрик.ogg" score=shchedryk title="Щедрик (Carol of the Bells)" artist="Хор «Слободка»" composer="Микола Леонтович"
track file="04 Deck the Halls.mp3" tags=id3v23 score=deck-halls title="Deck the Halls" \
	artist="St Aldhelm's Choir / Snowdrift Quartet" composer="Traditional"
track file="05 Ёлочка.aiff" mono=yes score=tannenbaum title="О ёлочка! (O Tannenbaum)" artist="Трио «Гамаюн»" composer="Traditional"

album dir="Consort Vento/La Folia" album="La Folia: Variations Without a Pause" cover=folia \
	artist="Consort Vento" album_artist="Consort Vento" date=2014 genre="Baroque" tracks=4
track file="01 Tema.flac" part=0-48 score=folia title="Tema" composer="Arcangelo Corelli"
track file="02 Passeggio.flac" part=48-96 score=folia title="Passeggio" composer="Arcangelo Corelli"
track file="03 Lamento.flac" part=96-144 score=folia title="Lamento" composer="Arcangelo Corelli"
track file="04 Giga.flac" part=144- score=folia title="Giga" composer="Arcangelo Corelli"

album dir="Consort Vento/Canon in Three Rooms" album="Canon in Three Rooms" cover=canon \
	artist="Consort Vento" album_artist="Consort Vento" date=2017 genre="Baroque; Classical" tracks=3
track file="01 First Room.mp3" tags=id3v24 part=0-60 score=canon title="Canon in D: First Room" composer="Johann Pachelbel"
track file="02 Second Room.mp3" tags=id3v24 part=60-120 score=canon title="Canon in D: Second Room" composer="Johann Pachelbel"
track file="03 Third Room.mp3" tags=id3v24 part=120- score=canon title="Canon in D: Third Room" composer="Johann Pachelbel"
