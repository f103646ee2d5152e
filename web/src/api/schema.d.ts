/* Made by `npm run types` from the server's /openapi.json. Not to be edited. */

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Error: {
            error: string;
            message: string;
            details: unknown;
            request_id: string;
        };
        ArtistCredit: {
            id: number;
            name: string;
            role: string;
        };
        GenreRef: {
            id: number;
            name: string;
        };
        Gapless: {
            start_samples: number;
            end_samples: number;
        };
        ReplayGain: {
            track_gain_db: number | null;
            track_peak: number | null;
            album_gain_db: number | null;
            album_peak: number | null;
        };
        HighlightPiece: {
            text: string;
            match: boolean;
        };
        Highlights: {
            title: components["schemas"]["HighlightPiece"][];
            artist: components["schemas"]["HighlightPiece"][] | null;
            album: components["schemas"]["HighlightPiece"][] | null;
        };
        Track: {
            id: number;
            title: string;
            artist: string;
            artist_id: number | null;
            artists: components["schemas"]["ArtistCredit"][];
            album: string | null;
            album_id: number | null;
            album_artist: string | null;
            genre: string | null;
            genres: components["schemas"]["GenreRef"][];
            genre_guess: components["schemas"]["GenreGuess"] | null;
            duration_ms: number;
            track_no: number | null;
            disc_no: number | null;
            year: number | null;
            tempo: number | null;
            energy: number | null;
            valence: number | null;
            danceability: number | null;
            key: string | null;
            loudness_lufs: number | null;
            popularity: number;
            play_count: number;
            cover_url: string | null;
            has_cover: boolean;
            stream_url: string;
            source: string;
            codec: string;
            container: string;
            bitrate: number;
            sample_rate: number;
            channels: number;
            bit_depth: number | null;
            size_bytes: number;
            gapless: components["schemas"]["Gapless"] | null;
            replaygain: components["schemas"]["ReplayGain"] | null;
            composer: string | null;
            has_lyrics: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        TrackHit: {
            id: number;
            title: string;
            artist: string;
            artist_id: number | null;
            artists: components["schemas"]["ArtistCredit"][];
            album: string | null;
            album_id: number | null;
            album_artist: string | null;
            genre: string | null;
            genres: components["schemas"]["GenreRef"][];
            genre_guess: components["schemas"]["GenreGuess"] | null;
            duration_ms: number;
            track_no: number | null;
            disc_no: number | null;
            year: number | null;
            tempo: number | null;
            energy: number | null;
            valence: number | null;
            danceability: number | null;
            key: string | null;
            loudness_lufs: number | null;
            popularity: number;
            play_count: number;
            cover_url: string | null;
            has_cover: boolean;
            stream_url: string;
            source: string;
            codec: string;
            container: string;
            bitrate: number;
            sample_rate: number;
            channels: number;
            bit_depth: number | null;
            size_bytes: number;
            gapless: components["schemas"]["Gapless"] | null;
            replaygain: components["schemas"]["ReplayGain"] | null;
            composer: string | null;
            has_lyrics: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            highlights: components["schemas"]["Highlights"];
        };
        SimilarTrack: {
            id: number;
            title: string;
            artist: string;
            artist_id: number | null;
            artists: components["schemas"]["ArtistCredit"][];
            album: string | null;
            album_id: number | null;
            album_artist: string | null;
            genre: string | null;
            genres: components["schemas"]["GenreRef"][];
            genre_guess: components["schemas"]["GenreGuess"] | null;
            duration_ms: number;
            track_no: number | null;
            disc_no: number | null;
            year: number | null;
            tempo: number | null;
            energy: number | null;
            valence: number | null;
            danceability: number | null;
            key: string | null;
            loudness_lufs: number | null;
            popularity: number;
            play_count: number;
            cover_url: string | null;
            has_cover: boolean;
            stream_url: string;
            source: string;
            codec: string;
            container: string;
            bitrate: number;
            sample_rate: number;
            channels: number;
            bit_depth: number | null;
            size_bytes: number;
            gapless: components["schemas"]["Gapless"] | null;
            replaygain: components["schemas"]["ReplayGain"] | null;
            composer: string | null;
            has_lyrics: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            reason: string;
            reason_kind: string;
        };
        Album: {
            id: number;
            title: string;
            artist: string | null;
            artist_id: number | null;
            artists: components["schemas"]["ArtistCredit"][];
            year: number | null;
            genre: string | null;
            genres: components["schemas"]["GenreRef"][];
            track_count: number;
            disc_count: number;
            duration_ms: number;
            cover_url: string | null;
            has_cover: boolean;
            is_compilation: boolean;
            popularity: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        AlbumHit: {
            id: number;
            title: string;
            artist: string | null;
            artist_id: number | null;
            artists: components["schemas"]["ArtistCredit"][];
            year: number | null;
            genre: string | null;
            genres: components["schemas"]["GenreRef"][];
            track_count: number;
            disc_count: number;
            duration_ms: number;
            cover_url: string | null;
            has_cover: boolean;
            is_compilation: boolean;
            popularity: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            highlights: components["schemas"]["Highlights"];
        };
        Artist: {
            id: number;
            name: string;
            sort_name: string;
            album_count: number;
            track_count: number;
            duration_ms: number;
            cover_url: string | null;
            has_cover: boolean;
            popularity: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        Owner: {
            id: number;
            username: string;
            full_name: string | null;
        };
        ArtistProfile: {
            id: number;
            name: string;
            sort_name: string;
            album_count: number;
            track_count: number;
            duration_ms: number;
            cover_url: string | null;
            has_cover: boolean;
            popularity: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            bio: string | null;
            owners: components["schemas"]["Owner"][] | null;
        };
        EditsBy: {
            id: number;
            username: string;
        };
        Edits: {
            fields: unknown;
            tags: unknown;
            hidden: boolean;
            updated_at: string | null;
            updated_by: components["schemas"]["EditsBy"] | null;
        };
        Source: {
            id: number;
            kind: string;
            path: string;
            server: components["schemas"]["SourceServer"] | null;
            state: string;
            managed: boolean;
            file_count: number;
            rejected_count: number;
            scanning: boolean;
            job_id: number | null;
            last_scan_at: string | null;
            last_error: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        SourceServer: {
            endpoint: string;
            region: string | null;
            access_key: string | null;
            has_secret: boolean;
            path_style: boolean;
        };
        SourceCheck: {
            ok: boolean;
            message: string | null;
        };
        RejectedFile: {
            id: number;
            path: string;
            reason: string | null;
            /** Format: date-time */
            updated_at: string;
        };
        JobProgress: {
            done: number;
            total: number;
            rate: number;
            eta_seconds: number | null;
            added: number;
            updated: number;
            moved: number;
            removed: number;
            restored: number;
            unchanged: number;
            rejected: number;
        };
        DuplicateTrack: {
            track: components["schemas"]["Track"];
            path: string | null;
            visible: boolean;
            same_file: boolean;
            score: number;
        };
        DuplicateGroup: {
            id: number;
            state: string;
            kind: string;
            confidence: number;
            sure: boolean;
            best_id: number | null;
            best_reason: string;
            kept_id: number | null;
            /** Format: date-time */
            found_at: string;
            decided_at: string | null;
            decided_by: number | null;
            tracks: components["schemas"]["DuplicateTrack"][];
        };
        Job: {
            id: number;
            kind: string;
            source_id: number | null;
            detail: string | null;
            state: string;
            step: string | null;
            attempts: number;
            next_try_at: string | null;
            requested_by: number | null;
            parent_id: number | null;
            cancel_asked: boolean;
            progress: components["schemas"]["JobProgress"];
            error: string | null;
            /** Format: date-time */
            created_at: string;
            started_at: string | null;
            finished_at: string | null;
        };
        Upload: {
            id: number;
            user_id: number;
            username: string;
            name: string;
            url: string | null;
            size_bytes: number | null;
            received_bytes: number;
            state: string;
            reason: string | null;
            job_id: number | null;
            track_id: number | null;
            track: components["schemas"]["Track"] | null;
            batch: string;
            album: string | null;
            artist: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            expires_at: string | null;
        };
        UploadOutcome: {
            name: string;
            upload_id: number | null;
            state: string;
            error: string | null;
            reason: string | null;
        };
        UploadOutcomes: {
            items: components["schemas"]["UploadOutcome"][];
        };
        Schedule: {
            name: string;
            summary: string;
            cron: string;
            preset: string;
            changed: boolean;
            enabled: boolean;
            last_run_at: string | null;
            next_run_at: string | null;
        };
        ScheduleRun: {
            id: number;
            job_id: number;
            reason: string;
            /** Format: date-time */
            due_at: string;
            /** Format: date-time */
            started_at: string;
            finished_at: string | null;
            state: string;
            error: string | null;
        };
        JobReport: {
            id: number;
            kind: string;
            /** Format: date-time */
            created_at: string;
            report: unknown;
        };
        Alert: {
            name: string;
            level: string;
            message: string;
            active: boolean;
            raised_at: string | null;
            ended_at: string | null;
        };
        MonitoringReport: {
            latest: components["schemas"]["JobReport"] | null;
            alerts: components["schemas"]["Alert"][];
        };
        StoredCover: {
            driver: string;
            bucket: string;
            key: string;
            size_bytes: number;
            cover_url: string;
        };
        StoredTrackUrl: {
            driver: string;
            track_id: number;
            url: string;
            /** Format: date-time */
            expires_at: string;
        };
        StorageBucket: {
            name: string;
            bucket: string | null;
            present: boolean;
            objects: number;
            size_bytes: number;
        };
        StorageStats: {
            driver: string;
            buckets: components["schemas"]["StorageBucket"][];
            objects: number;
            size_bytes: number;
            /** Format: date-time */
            counted_at: string;
        };
        StorageTidied: {
            objects: number;
            size_bytes: number;
            uploads: number;
        };
        JobsQueued: {
            queued: number;
        };
        Backup: {
            name: string;
            created_at: string | null;
            size_bytes: number;
            files: number;
            store: string;
            version: string;
            complete: boolean;
        };
        Backups: {
            items: components["schemas"]["Backup"][];
            total: number;
            next_cursor: string | null;
            folder: string | null;
        };
        JobLine: {
            id: number;
            /** Format: date-time */
            at: string;
            level: string;
            path: string | null;
            message: string;
        };
        ArtistHit: {
            id: number;
            name: string;
            sort_name: string;
            album_count: number;
            track_count: number;
            duration_ms: number;
            cover_url: string | null;
            has_cover: boolean;
            popularity: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            highlights: components["schemas"]["Highlights"];
        };
        Genre: {
            id: number;
            name: string;
            track_count: number;
            album_count: number;
            artist_count: number;
            cover_url: string | null;
            has_cover: boolean;
        };
        Channel: {
            id: number;
            title: string;
            description: string | null;
            is_public: boolean;
            auto_end_enabled: boolean;
            auto_end_timeout_minutes: number;
            placeholder: string | null;
            auto_dj: unknown;
            crossfade_ms: number;
            level_mode: string;
            listeners_max: number;
            requests_enabled: boolean;
            request_cooldown_seconds: number;
            cover_url: string | null;
            state: string;
            on_air: boolean;
            current_item: components["schemas"]["CurrentItem"] | null;
            current_position_ms: number;
            listeners_count: number;
            auto_end_timer: components["schemas"]["AutoEndTimer"] | null;
            dj: string | null;
            started_at: string | null;
            queue_size: number;
            queue_version: number;
            /** Format: date-time */
            last_activity: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        AutoEndTimer: {
            /** Format: date-time */
            started_at: string;
            /** Format: date-time */
            timeout_at: string;
            remaining_seconds: number;
        };
        QueueItem: {
            id: string;
            channel_id: number;
            title: string;
            source: string;
            artist: string | null;
            album: string | null;
            track_id: number | null;
            cover_url: string | null;
            url: string | null;
            duration_ms: number | null;
            duration: number | null;
            requested_by: string | null;
            /** Format: date-time */
            added_at: string;
            metadata: unknown;
        };
        QueuedItem: {
            id: string;
            channel_id: number;
            title: string;
            source: string;
            artist: string | null;
            album: string | null;
            track_id: number | null;
            cover_url: string | null;
            url: string | null;
            duration_ms: number | null;
            duration: number | null;
            requested_by: string | null;
            /** Format: date-time */
            added_at: string;
            metadata: unknown;
            position: number;
        };
        CurrentItem: {
            id: string;
            channel_id: number;
            title: string;
            source: string;
            artist: string | null;
            album: string | null;
            track_id: number | null;
            cover_url: string | null;
            url: string | null;
            duration_ms: number | null;
            duration: number | null;
            requested_by: string | null;
            /** Format: date-time */
            added_at: string;
            metadata: unknown;
            /** Format: date-time */
            started_at: string;
            kind: string;
        };
        ChannelQueue: {
            channel_id: number;
            items: components["schemas"]["QueuedItem"][];
            total: number;
            version: number;
            state: string;
            current_item: components["schemas"]["CurrentItem"] | null;
        };
        QueueEdit: {
            id: string | null;
            item: components["schemas"]["QueueItem"] | null;
            position: number | null;
            version: number;
            total: number;
        };
        ChannelSchedule: {
            id: number;
            playlist_id: number;
            playlist_title: string | null;
            weekdays: number[];
            starts_at: string;
            ends_at: string;
            priority: number;
            enabled: boolean;
        };
        ChannelDj: {
            id: number;
            channel_id: number;
            username: string;
            enabled: boolean;
            weekdays: number[];
            starts_at: string | null;
            ends_at: string | null;
            /** Format: date-time */
            created_at: string;
            on_air: boolean;
        };
        ChannelJingle: {
            id: number;
            title: string;
            track_id: number;
            every_tracks: number | null;
            every_minutes: number | null;
            enabled: boolean;
        };
        ChannelRequest: {
            id: number;
            track_id: number;
            title: string;
            artist: string;
            username: string;
            message: string | null;
            item_id: string;
            waits: boolean;
            /** Format: date-time */
            created_at: string;
        };
        ChannelRequested: {
            id: number;
            item_id: string;
        };
        ChannelListen: {
            id: number;
            format: string;
            client: string | null;
            username: string | null;
            address_hash: string | null;
            /** Format: date-time */
            started_at: string;
            /** Format: date-time */
            ended_at: string;
            seconds: number;
            bytes: number;
        };
        ChannelListener: {
            id: number;
            format: string;
            client: string | null;
            username: string | null;
            /** Format: date-time */
            started_at: string;
            seconds: number;
            bytes: number;
        };
        ChannelPushSettings: {
            bitrate_kbps: number | null;
            format: string;
            picture: string;
            name: string | null;
            username: string | null;
            counts_as_listener: boolean;
        };
        ChannelPush: {
            id: number;
            channel_id: number;
            kind: string;
            url: string;
            enabled: boolean;
            settings: components["schemas"]["ChannelPushSettings"];
            has_secret: boolean;
            state: string;
            since: string | null;
            retry_at: string | null;
            error: string | null;
            bytes: number;
            reconnects: number;
            /** Format: date-time */
            created_at: string;
        };
        ChannelPlay: {
            id: number;
            item_id: string;
            kind: string;
            title: string;
            artist: string | null;
            track_id: number | null;
            cover_url: string | null;
            source: string;
            requested_by: string | null;
            /** Format: date-time */
            started_at: string;
            ended_at: string | null;
            reason: string | null;
        };
        Playlist: {
            id: number;
            title: string;
            description: string | null;
            kind: string;
            visibility: string;
            is_public: boolean;
            owner: components["schemas"]["PlaylistOwner"];
            can_edit: boolean;
            track_count: number;
            duration_ms: number;
            play_count: number;
            version: number;
            cover_url: string | null;
            has_cover: boolean;
            mosaic: string[];
            rules: unknown;
            share_url: string | null;
            share_token: string | null;
            is_favorite: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        PlaylistHit: {
            id: number;
            title: string;
            description: string | null;
            kind: string;
            visibility: string;
            is_public: boolean;
            owner: components["schemas"]["PlaylistOwner"];
            can_edit: boolean;
            track_count: number;
            duration_ms: number;
            play_count: number;
            version: number;
            cover_url: string | null;
            has_cover: boolean;
            mosaic: string[];
            rules: unknown;
            share_url: string | null;
            share_token: string | null;
            is_favorite: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            highlights: components["schemas"]["Highlights"];
        };
        PlaylistOwner: {
            id: number;
            username: string;
        };
        PlaylistTrack: {
            id: number;
            title: string;
            artist: string;
            artist_id: number | null;
            artists: components["schemas"]["ArtistCredit"][];
            album: string | null;
            album_id: number | null;
            album_artist: string | null;
            genre: string | null;
            genres: components["schemas"]["GenreRef"][];
            genre_guess: components["schemas"]["GenreGuess"] | null;
            duration_ms: number;
            track_no: number | null;
            disc_no: number | null;
            year: number | null;
            tempo: number | null;
            energy: number | null;
            valence: number | null;
            danceability: number | null;
            key: string | null;
            loudness_lufs: number | null;
            popularity: number;
            play_count: number;
            cover_url: string | null;
            has_cover: boolean;
            stream_url: string;
            source: string;
            codec: string;
            container: string;
            bitrate: number;
            sample_rate: number;
            channels: number;
            bit_depth: number | null;
            size_bytes: number;
            gapless: components["schemas"]["Gapless"] | null;
            replaygain: components["schemas"]["ReplayGain"] | null;
            composer: string | null;
            has_lyrics: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            is_favorite: boolean;
            rating: number | null;
            item_id: number | null;
            position: number;
            added_at: string | null;
        };
        PlaylistAdded: {
            added: number;
            skipped: number[];
            unknown: number[];
            item_ids: number[];
            version: number;
            track_count: number;
            duration_ms: number;
        };
        PlaylistRemoved: {
            removed: number;
            version: number;
            track_count: number;
            duration_ms: number;
        };
        PlaylistMoved: {
            position: number;
            version: number;
            track_count: number;
            duration_ms: number;
        };
        PlaylistImport: {
            playlist: components["schemas"]["Playlist"] | null;
            format: string;
            encoding: string;
            title: string;
            total: number;
            matched: number;
            by: components["schemas"]["ImportWays"];
            unmatched: components["schemas"]["ImportEntry"][];
            unmatched_count: number;
            skipped_duplicates: number;
        };
        ImportWays: {
            path: number;
            audio: number;
            tags: number;
            fingerprint: number;
            id: number;
        };
        ImportEntry: {
            index: number;
            path: string | null;
            artist: string | null;
            title: string | null;
            duration_ms: number | null;
        };
        PlaylistStats: {
            track_count: number;
            duration_ms: number;
            play_count: number;
            artist_count: number;
            album_count: number;
            favorite_count: number;
            hidden_count: number;
            last_added_at: string | null;
            genres: components["schemas"]["NameCount"][];
            years: components["schemas"]["DecadeCount"][];
        };
        NameCount: {
            name: string;
            count: number;
        };
        DecadeCount: {
            decade: number;
            count: number;
        };
        RuleLabel: {
            en: string;
            ru: string;
        };
        RuleField: {
            name: string;
            type: string;
            label: components["schemas"]["RuleLabel"];
            unit: string | null;
            min: number | null;
            max: number | null;
            whole: boolean;
            per_user: boolean;
            choices: string[] | null;
            ops: string[];
        };
        RuleOp: {
            name: string;
            label: components["schemas"]["RuleLabel"];
            value: string;
        };
        RuleSort: {
            name: string;
            label: components["schemas"]["RuleLabel"];
        };
        RuleLimits: {
            rules: number;
            depth: number;
            limit: number;
            text: number;
            days: number;
        };
        RuleFields: {
            fields: components["schemas"]["RuleField"][];
            ops: components["schemas"]["RuleOp"][];
            sorts: components["schemas"]["RuleSort"][];
            limits: components["schemas"]["RuleLimits"];
        };
        RulePreview: {
            items: components["schemas"]["Track"][];
            total: number;
            duration_ms: number;
        };
        Taste: {
            type: string;
            id: number;
            is_favorite: boolean;
            rating: number | null;
            favorited_at: string | null;
        };
        FavoriteIds: {
            type: string;
            ids: number[];
            ratings: unknown;
        };
        PlayQueue: {
            version: number;
            track_ids: number[];
            items: components["schemas"]["Track"][] | null;
            current_index: number;
            position_ms: number;
            device: string | null;
            shuffle: boolean;
            repeat: string;
            context: components["schemas"]["PlayContext"] | null;
            current: components["schemas"]["Track"] | null;
            updated_at: string | null;
        };
        PlayContext: {
            type: string;
            id: number;
        };
        PlayQueueSaved: {
            version: number;
            /** Format: date-time */
            updated_at: string;
        };
        ContinueItem: {
            type: string;
            id: number;
            title: string;
            subtitle: string | null;
            cover_url: string | null;
            track: components["schemas"]["Track"];
            position_ms: number;
            index: number;
            /** Format: date-time */
            updated_at: string;
        };
        ContinueList: {
            items: components["schemas"]["ContinueItem"][];
        };
        GenreStats: {
            track_count: number;
            album_count: number;
            artist_count: number;
            duration_ms: number;
            top_artists: components["schemas"]["Artist"][];
        };
        Lyrics: {
            synced: boolean;
            lines: components["schemas"]["LyricsLine"][];
            text: string;
        };
        Waveform: {
            duration_ms: number;
            peaks: number[];
            rms: number[];
        };
        GenreGuess: {
            name: string;
            confidence: number;
        };
        TrackAnalysis: {
            /** Format: date-time */
            analysed_at: string;
            version: number;
            error: string | null;
            loudness_lufs: number | null;
            loudness_range_lu: number | null;
            true_peak_dbtp: number | null;
            start_silence_ms: number;
            end_silence_ms: number;
            tempo: number | null;
            other_tempo: number | null;
            tempo_confidence: number | null;
            key: string | null;
            key_confidence: number | null;
            energy: number | null;
            valence: number | null;
            danceability: number | null;
            genre: string | null;
            genres: components["schemas"]["GenreGuess"][];
        };
        LyricsLine: {
            time_ms: number | null;
            text: string;
        };
        Facet: {
            value: unknown;
            count: number;
        };
        ArtistFacet: {
            value: string;
            id: number;
            count: number;
        };
        Facets: {
            genre: components["schemas"]["Facet"][];
            year: components["schemas"]["Facet"][];
            artist: components["schemas"]["ArtistFacet"][];
        };
        TrackHits: {
            items: components["schemas"]["TrackHit"][];
            total: number;
            total_is_lower_bound: boolean;
            did_you_mean: string | null;
            engine: string;
            took_ms: number;
            facets: components["schemas"]["Facets"];
        };
        AlbumHits: {
            items: components["schemas"]["AlbumHit"][];
            total: number;
            total_is_lower_bound: boolean;
            did_you_mean: string | null;
            engine: string;
            took_ms: number;
            facets: components["schemas"]["Facets"];
        };
        ArtistHits: {
            items: components["schemas"]["ArtistHit"][];
            total: number;
            total_is_lower_bound: boolean;
            did_you_mean: string | null;
            engine: string;
            took_ms: number;
            facets: components["schemas"]["Facets"];
        };
        PlaylistHits: {
            items: components["schemas"]["PlaylistHit"][];
            total: number;
            total_is_lower_bound: boolean;
            did_you_mean: string | null;
            engine: string;
            took_ms: number;
            facets: components["schemas"]["Facets"];
        };
        HitGroup: {
            items: unknown[];
            total: number;
        };
        TopHit: {
            type: string;
            item: unknown;
        };
        MultiHits: {
            top: components["schemas"]["TopHit"] | null;
            tracks: components["schemas"]["HitGroup"];
            albums: components["schemas"]["HitGroup"];
            artists: components["schemas"]["HitGroup"];
            playlists: components["schemas"]["HitGroup"];
            did_you_mean: string | null;
            engine: string;
            took_ms: number;
        };
        Suggestion: {
            type: string;
            id: number;
            text: string;
            subtitle: string | null;
            cover_url: string | null;
            highlights: components["schemas"]["HighlightPiece"][];
        };
        Suggestions: {
            items: components["schemas"]["Suggestion"][];
            did_you_mean: string | null;
            engine: string;
            took_ms: number;
        };
        User: {
            id: number;
            username: string;
            email: string | null;
            full_name: string | null;
            role: string;
            status: string;
            is_active: boolean;
            has_password: boolean;
            telegram_id: number | null;
            last_login_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        UserLogin: {
            provider: string;
            subject: string;
            name: string | null;
            /** Format: date-time */
            created_at: string;
        };
        Me: {
            id: number;
            username: string;
            email: string | null;
            full_name: string | null;
            role: string;
            status: string;
            is_active: boolean;
            has_password: boolean;
            telegram_id: number | null;
            last_login_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            csrf_token: string | null;
            proof: string;
            scopes: string[];
            logins: components["schemas"]["UserLogin"][];
        };
        SignedIn: {
            access_token: string | null;
            refresh_token: string | null;
            token_type: string | null;
            csrf_token: string | null;
            signed_in: boolean;
            expires_in: number;
            user: components["schemas"]["User"];
        };
        AuthConfig: {
            registration: string;
            telegram: boolean;
            telegram_bot: string | null;
            telegram_bot_id: number | null;
            oidc: boolean;
            oidc_name: string | null;
            password_min: number;
            members_only: boolean;
            setup_needed: boolean;
        };
        NewUser: {
            id: number;
            username: string;
            email: string | null;
            full_name: string | null;
            role: string;
            status: string;
            is_active: boolean;
            has_password: boolean;
            telegram_id: number | null;
            last_login_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            link: string | null;
        };
        Person: {
            id: number;
            username: string;
            email: string | null;
            full_name: string | null;
            role: string;
            status: string;
            is_active: boolean;
            has_password: boolean;
            telegram_id: number | null;
            last_login_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            reviewed_by: number | null;
            reviewed_at: string | null;
            sessions: components["schemas"]["Session"][];
            keys: components["schemas"]["Key"][];
            logins: components["schemas"]["UserLogin"][];
        };
        NewLink: {
            link: string;
            /** Format: date-time */
            expires_at: string;
        };
        BulkRefusal: {
            id: number;
            error: string;
            reason: string;
        };
        BulkOutcome: {
            changed: number[];
            refused: components["schemas"]["BulkRefusal"][];
        };
        TagWrite: {
            id: number;
            track_id: number;
            title: string;
            artist: string;
            path: string;
            state: string;
            reason: string | null;
            fields: unknown;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        TagWriteAnswer: {
            write: components["schemas"]["TagWrite"] | null;
        };
        QualityCheck: {
            name: string;
            kind: string;
            count: number;
        };
        QualityIndex: {
            library_tracks: number;
            index_tracks: number | null;
            scanning: boolean;
        };
        Quality: {
            checks: components["schemas"]["QualityCheck"][];
            index: components["schemas"]["QualityIndex"];
        };
        OddThing: {
            id: number;
            kind: string;
            title: string;
            detail: string | null;
            source_id: number | null;
        };
        CleanupSuggestion: {
            id: number;
            rule: string;
            kind: string;
            thing_id: number;
            title: string | null;
            artist: string | null;
            field: string;
            was: string;
            becomes: string | null;
            change: unknown;
            confidence: number;
            state: string;
            automatic: boolean;
            /** Format: date-time */
            created_at: string;
            decided_at: string | null;
            decided_by: string | null;
        };
        CleanupRule: {
            name: string;
            summary: string;
            suggests: boolean;
            open: number;
            accepted: number;
            dismissed: number;
            undone: number;
            automatic: number;
        };
        AuditRow: {
            id: number;
            admin_user_id: number | null;
            admin_username: string | null;
            action: string;
            model_name: string;
            model_id: number | null;
            old_values: unknown;
            new_values: unknown;
            ip_address: string | null;
            user_agent: string | null;
            /** Format: date-time */
            created_at: string;
        };
        RequestRow: {
            id: number;
            /** Format: date-time */
            at: string;
            user_id: number | null;
            username: string | null;
            method: string;
            path: string;
            status: number;
            took_us: number;
            ip_address: string | null;
            user_agent: string | null;
        };
        RequestLog: {
            items: components["schemas"]["RequestRow"][];
            total: number | null;
            next_cursor: string | null;
            searched_to: string | null;
        };
        SearchRow: {
            id: number;
            /** Format: date-time */
            at: string;
            user_id: number | null;
            username: string | null;
            query: string;
            surface: string | null;
            results: number;
            took_us: number;
            clicked_type: string | null;
            clicked_id: number | null;
        };
        SearchLog: {
            items: components["schemas"]["SearchRow"][];
            total: number | null;
            next_cursor: string | null;
            searched_to: string | null;
        };
        ActivityRow: {
            id: number;
            /** Format: date-time */
            at: string;
            user_id: number | null;
            username: string | null;
            action: string;
            object_type: string | null;
            object_id: number | null;
            session_duration_minutes: number | null;
            tracks_played: number | null;
            searches_made: number | null;
        };
        ActivityLog: {
            items: components["schemas"]["ActivityRow"][];
            total: number | null;
            next_cursor: string | null;
            searched_to: string | null;
        };
        Invitation: {
            id: number;
            prefix: string;
            role: string;
            note: string | null;
            uses: number;
            uses_max: number;
            created_by: number | null;
            /** Format: date-time */
            created_at: string;
            expires_at: string | null;
            revoked_at: string | null;
        };
        NewInvitation: {
            id: number;
            prefix: string;
            role: string;
            note: string | null;
            uses: number;
            uses_max: number;
            created_by: number | null;
            /** Format: date-time */
            created_at: string;
            expires_at: string | null;
            revoked_at: string | null;
            code: string;
            link: string;
        };
        RoleCounts: {
            user: number;
            artist: number;
            moderator: number;
            admin: number;
            superadmin: number;
        };
        UserCounts: {
            total: number;
            active: number;
            pending: number;
            blocked: number;
            new_7d: number;
            by_role: components["schemas"]["RoleCounts"];
        };
        LibraryCounts: {
            tracks: number;
            albums: number;
            artists: number;
            genres: number;
            duration_ms: number;
            size_bytes: number;
        };
        JobCounts: {
            running: number;
            queued: number;
            failed: number;
        };
        SessionCounts: {
            active: number;
        };
        StreamCounts: {
            active: number;
            listeners: number;
            queue_items: number;
        };
        StorageCounts: {
            disk_percent: number;
        };
        Dashboard: {
            users: components["schemas"]["UserCounts"];
            library: components["schemas"]["LibraryCounts"];
            streams: components["schemas"]["StreamCounts"];
            storage: components["schemas"]["StorageCounts"];
            jobs: components["schemas"]["JobCounts"];
            sessions: components["schemas"]["SessionCounts"];
            audit: components["schemas"]["AuditRow"][];
            uptime_seconds: number;
        };
        Setting: {
            group: string;
            name: string;
            value: string;
            unit: string | null;
            origin: string;
            summary: string;
        };
        Settings: {
            items: components["schemas"]["Setting"][];
            total: number;
            next_cursor: string | null;
            groups: string[];
        };
        Key: {
            id: number;
            name: string;
            prefix: string;
            scopes: string[];
            /** Format: date-time */
            created_at: string;
            expires_at: string | null;
            last_used_at: string | null;
        };
        NewKey: {
            id: number;
            name: string;
            prefix: string;
            scopes: string[];
            /** Format: date-time */
            created_at: string;
            expires_at: string | null;
            last_used_at: string | null;
            key: string;
        };
        Session: {
            id: number;
            kind: string;
            address: string | null;
            user_agent: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            used_at: string;
            /** Format: date-time */
            expires_at: string;
            current: boolean;
        };
        Link: {
            purpose: string;
            username: string | null;
        };
        Library: {
            tracks: number;
            albums: number;
            artists: number;
            genres: number;
            duration_ms: number;
            size_bytes: number;
            last_scan_at: string | null;
            scanning: boolean;
        };
        Rejection: {
            index: number;
            field: string;
            message: string;
        };
        ListenReceipt: {
            accepted: number;
            duplicates: number;
            plays: number;
            rejected: components["schemas"]["Rejection"][];
        };
        Accepted: {
            accepted: number;
        };
        HistoryItem: {
            track: components["schemas"]["Track"] | null;
            track_id: number;
            /** Format: date-time */
            played_at: string;
            /** Format: date-time */
            reported_at: string;
            action: string;
            heard_ms: number;
            counted: boolean;
            source: string;
            source_id: number | null;
            platform: string | null;
            device_type: string | null;
            client: string | null;
        };
        History: {
            items: components["schemas"]["HistoryItem"][];
            total: number | null;
            next_cursor: string | null;
        };
        Recommendation: {
            track: components["schemas"]["Track"];
            reason: string;
            reason_kind: string;
            because_track_id: number | null;
            because_artist_id: number | null;
            score: number;
        };
        Recommendations: {
            items: components["schemas"]["Recommendation"][];
            total: number;
            next_cursor: string | null;
        };
        Period: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            interval: string;
            days: number;
        };
        ListenPart: {
            name: string;
            plays: number;
            starts: number;
            completes: number;
            skips: number;
            heard_ms: number;
            completion_rate: number | null;
        };
        ListenPoint: {
            /** Format: date-time */
            at: string;
            plays: number;
            heard_ms: number;
        };
        UserPoint: {
            /** Format: date-time */
            at: string;
            plays: number;
            heard_ms: number;
            skips: number;
        };
        ThingPoint: {
            /** Format: date-time */
            at: string;
            plays: number;
            heard_ms: number;
            skips: number;
            listeners: number;
        };
        ArtistPoint: {
            /** Format: date-time */
            at: string;
            plays: number;
            heard_ms: number;
            skips: number;
            listeners: number;
            listeners_28d: number;
        };
        PlatformPoint: {
            /** Format: date-time */
            at: string;
            plays: number;
            heard_ms: number;
            listeners: number;
            listeners_28d: number;
            active_users: number;
            new_users: number;
            searches: number;
            requests: number;
            errors: number;
        };
        ArtistRef: {
            id: number;
            name: string;
            cover_url: string | null;
        };
        AlbumRef: {
            id: number;
            title: string;
            artist: string | null;
            artist_id: number | null;
            year: number | null;
            cover_url: string | null;
        };
        HeardTrack: {
            track: components["schemas"]["Track"];
            plays: number;
            heard_ms: number;
        };
        HeardArtist: {
            artist: components["schemas"]["ArtistRef"];
            plays: number;
            heard_ms: number;
        };
        HeardAlbum: {
            album: components["schemas"]["AlbumRef"];
            plays: number;
            heard_ms: number;
        };
        HeardGenre: {
            genre: components["schemas"]["GenreRef"];
            plays: number;
            heard_ms: number;
        };
        FadedTrack: {
            track: components["schemas"]["Track"];
            plays: number;
            /** Format: date-time */
            last_played_at: string;
        };
        Streaks: {
            current_days: number;
            longest_days: number;
            longest_from: string | null;
            longest_to: string | null;
        };
        UserTotals: {
            plays: number;
            starts: number;
            completes: number;
            skips: number;
            heard_ms: number;
            completion_rate: number | null;
            tracks: number;
            artists: number;
            albums: number;
            active_days: number;
        };
        Heard: {
            plays: number;
            heard_ms: number;
        };
        UserReport: {
            user_id: number;
            period: components["schemas"]["Period"];
            totals: components["schemas"]["UserTotals"];
            previous: components["schemas"]["Heard"];
            series: components["schemas"]["UserPoint"][];
            weekday_hours: number[][];
            streaks: components["schemas"]["Streaks"];
            top_tracks: components["schemas"]["HeardTrack"][];
            top_artists: components["schemas"]["HeardArtist"][];
            top_albums: components["schemas"]["HeardAlbum"][];
            top_genres: components["schemas"]["HeardGenre"][];
            sources: components["schemas"]["ListenPart"][];
            platforms: components["schemas"]["ListenPart"][];
            devices: components["schemas"]["ListenPart"][];
            clients: components["schemas"]["ListenPart"][];
            rediscover: components["schemas"]["FadedTrack"][];
        };
        RecapUser: {
            id: number;
            username: string;
            full_name: string | null;
        };
        RecapMonth: {
            month: number;
            plays: number;
            heard_ms: number;
        };
        RecapPeak: {
            weekday: number;
            hour: number;
        };
        RecapDay: {
            date: string;
            plays: number;
            heard_ms: number;
        };
        RecapFirst: {
            track: components["schemas"]["Track"];
            /** Format: date-time */
            played_at: string;
        };
        Recap: {
            year: number;
            user: components["schemas"]["RecapUser"];
            plays: number;
            heard_ms: number;
            tracks: number;
            artists: number;
            albums: number;
            genres: number;
            active_days: number;
            new_artists: number;
            previous_year: components["schemas"]["Heard"];
            longest_streak_days: number;
            months: components["schemas"]["RecapMonth"][];
            weekday_hours: number[][];
            peak: components["schemas"]["RecapPeak"] | null;
            top_day: components["schemas"]["RecapDay"] | null;
            first_play: components["schemas"]["RecapFirst"] | null;
            top_tracks: components["schemas"]["HeardTrack"][];
            top_artists: components["schemas"]["HeardArtist"][];
            top_albums: components["schemas"]["HeardAlbum"][];
            top_genres: components["schemas"]["HeardGenre"][];
        };
        ThingTotals: {
            plays: number;
            starts: number;
            completes: number;
            skips: number;
            heard_ms: number;
            completion_rate: number | null;
            listeners: number;
        };
        ArtistTotals: {
            plays: number;
            starts: number;
            completes: number;
            skips: number;
            heard_ms: number;
            completion_rate: number | null;
            listeners: number;
            listeners_28d: number;
        };
        TrackReport: {
            track: components["schemas"]["Track"];
            period: components["schemas"]["Period"];
            totals: components["schemas"]["ThingTotals"];
            series: components["schemas"]["ThingPoint"][];
            sources: components["schemas"]["ListenPart"][];
        };
        TrackSums: {
            track: components["schemas"]["Track"];
            plays: number;
            starts: number;
            completes: number;
            skips: number;
            heard_ms: number;
            completion_rate: number | null;
        };
        HeardBefore: {
            plays: number;
            heard_ms: number;
            listeners: number;
        };
        ArtistReport: {
            artist: components["schemas"]["ArtistRef"];
            period: components["schemas"]["Period"];
            totals: components["schemas"]["ArtistTotals"];
            previous: components["schemas"]["HeardBefore"];
            series: components["schemas"]["ArtistPoint"][];
            sources: components["schemas"]["ListenPart"][];
            tracks: components["schemas"]["TrackSums"][];
        };
        ArtistStats: {
            artist: components["schemas"]["ArtistRef"];
            period: components["schemas"]["Period"];
            totals: components["schemas"]["ThingTotals"];
            series: components["schemas"]["ThingPoint"][];
        };
        PlatformTotals: {
            plays: number;
            starts: number;
            completes: number;
            skips: number;
            heard_ms: number;
            completion_rate: number | null;
            listeners: number;
            active_users: number;
            new_users: number;
            users: number;
            searches: number;
            searches_without_results: number;
            requests: number;
            errors: number;
            refused: number;
        };
        PlatformBefore: {
            plays: number;
            heard_ms: number;
            active_users: number;
            new_users: number;
            searches: number;
            requests: number;
            errors: number;
        };
        NamedCount: {
            name: string;
            count: number;
        };
        QueryCount: {
            query: string;
            count: number;
            without_results: number;
        };
        EventCounts: {
            accepted: number;
            dropped: number;
            waiting: number;
        };
        PlatformReport: {
            period: components["schemas"]["Period"];
            totals: components["schemas"]["PlatformTotals"];
            previous: components["schemas"]["PlatformBefore"];
            series: components["schemas"]["PlatformPoint"][];
            hours: number[];
            platforms: components["schemas"]["ListenPart"][];
            devices: components["schemas"]["ListenPart"][];
            clients: components["schemas"]["ListenPart"][];
            countries: components["schemas"]["ListenPart"][];
            sources: components["schemas"]["ListenPart"][];
            actions: components["schemas"]["NamedCount"][];
            top_queries: components["schemas"]["QueryCount"][];
            events: components["schemas"]["EventCounts"];
        };
        RankedTrack: {
            track: components["schemas"]["Track"];
            rank: number;
            previous_rank: number | null;
            plays: number;
            heard_ms: number;
        };
        RankedArtist: {
            artist: components["schemas"]["ArtistRef"];
            rank: number;
            previous_rank: number | null;
            plays: number;
            heard_ms: number;
        };
        RankedGenre: {
            genre: components["schemas"]["GenreRef"];
            rank: number;
            previous_rank: number | null;
            plays: number;
            heard_ms: number;
        };
        PopularTracks: {
            period: components["schemas"]["Period"];
            items: components["schemas"]["RankedTrack"][];
            total: number;
            next_cursor: string | null;
        };
        PopularArtists: {
            period: components["schemas"]["Period"];
            items: components["schemas"]["RankedArtist"][];
            total: number;
            next_cursor: string | null;
        };
        PopularGenres: {
            period: components["schemas"]["Period"];
            items: components["schemas"]["RankedGenre"][];
            total: number;
            next_cursor: string | null;
        };
        RisingTrack: {
            track: components["schemas"]["Track"];
            plays: number;
            previous_plays: number;
            change: number | null;
        };
        RisingArtist: {
            artist: components["schemas"]["ArtistRef"];
            plays: number;
            previous_plays: number;
            change: number | null;
        };
        RisingGenre: {
            genre: components["schemas"]["GenreRef"];
            plays: number;
            previous_plays: number;
            change: number | null;
        };
        TrendTotals: {
            plays: number;
            previous_plays: number;
            heard_ms: number;
            previous_heard_ms: number;
        };
        Trends: {
            period: components["schemas"]["Period"];
            previous_period: components["schemas"]["Period"];
            totals: components["schemas"]["TrendTotals"];
            rising_tracks: components["schemas"]["RisingTrack"][];
            rising_artists: components["schemas"]["RisingArtist"][];
            rising_genres: components["schemas"]["RisingGenre"][];
            series: components["schemas"]["ListenPoint"][];
        };
        PresentUser: {
            id: number;
            username: string;
        };
        NowPlaying: {
            track: components["schemas"]["Track"];
            user: components["schemas"]["PresentUser"] | null;
            /** Format: date-time */
            since: string;
            platform: string | null;
        };
        ActiveUsers: {
            /** Format: date-time */
            at: string;
            active_users: number;
            last_15_minutes: number;
            last_hour: number;
            listening: number;
            now_playing: components["schemas"]["NowPlaying"][];
        };
        TrackLink: {
            stream_url: string;
            download_url: string;
            /** Format: date-time */
            expires_at: string;
        };
        ChannelLink: {
            mp3: string;
            aac: string;
            opus: string;
            ogg: string;
            hls: string;
            /** Format: date-time */
            expires_at: string;
        };
        SystemMetrics: {
            cpu_percent: number;
            memory_percent: number;
            disk_percent: number;
            active_streams: number;
            total_listeners: number;
            queue_items: number;
            websocket_connections: number;
            uptime_seconds: number;
            /** Format: date-time */
            timestamp: string;
        };
        StreamMetrics: {
            channel_id: number;
            title: string;
            status: string;
            on_air: boolean;
            is_public: boolean;
            listeners: number;
            queue_size: number;
            started_at: string | null;
            current_track: string | null;
        };
        StreamMetricsList: {
            items: components["schemas"]["StreamMetrics"][];
            total: number;
        };
        WebSocketMetrics: {
            connections: number;
            stats: number;
            monitoring: number;
            playlist: number;
            max: number;
            dropped: number;
        };
        MetricHistory: {
            metric: string;
            interval: string;
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            points: components["schemas"]["MetricPoint"][];
        };
        MetricPoint: {
            /** Format: date-time */
            at: string;
            value: number;
            min: number;
            max: number;
        };
        IcecastStatus: {
            icestats: unknown;
        };
        Stats: {
            active_streams: number;
            total_listeners: number;
            queue_items: number;
            uptime: number;
        };
        Health: {
            status: string;
            version: string;
            uptime_seconds: number;
        };
        ServiceHealth: {
            name: string;
            driver: string;
            required: boolean;
            state: string;
            latency_ms: number;
            reason: string | null;
        };
        Readiness: {
            status: string;
            services: components["schemas"]["ServiceHealth"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
