/* handlers.h - the functions that routes.c names, by area (one file each).
 *
 * Floor: 5 (api). Threads: each runs on a worker unless its row says on_loop.
 */
#ifndef OGMA_API_HANDLERS_H
#define OGMA_API_HANDLERS_H

#include "api/call.h"

/* system.c */
void handle_health_live(struct call *call);
void handle_health_ready(struct call *call);
void handle_metrics(struct call *call);
void handle_openapi(struct call *call);
void handle_stats(struct call *call);
void handle_metrics_system(struct call *call);
void handle_metrics_streams(struct call *call);
void handle_metrics_stream(struct call *call);
void handle_metrics_websocket(struct call *call);
void handle_metrics_history(struct call *call);
void handle_socket_stats(struct call *call);
void handle_socket_monitoring(struct call *call);
void handle_socket_playlist(struct call *call);
void request_answer_metrics(struct http_request *request);

/* tracks.c */
void handle_tracks_list(struct call *call);
void handle_tracks_popular(struct call *call);
void handle_track_get(struct call *call);
void handle_track_lyrics(struct call *call);
void handle_track_waveform(struct call *call);
void handle_track_analysis(struct call *call);
void handle_track_similar(struct call *call);

/* duplicates.c */
void handle_duplicates_list(struct call *call);
void handle_duplicates_get(struct call *call);
void handle_duplicates_merge(struct call *call);
void handle_duplicates_dismiss(struct call *call);
void handle_duplicates_undo(struct call *call);

/* artists.c */
void handle_artists_list(struct call *call);
void handle_artists_popular(struct call *call);
void handle_artist_tracks(struct call *call);
void handle_artist_albums(struct call *call);

/* albums.c */
void handle_albums_list(struct call *call);
void handle_albums_popular(struct call *call);
void handle_albums_recent(struct call *call);
void handle_album_get(struct call *call);
void handle_album_tracks(struct call *call);

/* genres.c */
void handle_genres_list(struct call *call);
void handle_genre_get(struct call *call);
void handle_genre_by_name(struct call *call);
void handle_genre_stats(struct call *call);
void handle_library(struct call *call);

/* auth.c */
void handle_auth_config(struct call *call);
void handle_auth_register(struct call *call);
void handle_auth_login(struct call *call);
void handle_auth_refresh(struct call *call);
void handle_auth_logout(struct call *call);
void handle_auth_password(struct call *call);
void handle_auth_link_get(struct call *call);
void handle_auth_link_use(struct call *call);

/* auth_telegram.c */
void handle_auth_telegram_webapp(struct call *call);
void handle_auth_telegram_widget(struct call *call);

/* auth_oidc.c */
void handle_auth_oidc_start(struct call *call);
void handle_auth_oidc_callback(struct call *call);

/* account.c */
void handle_auth_me(struct call *call);
void handle_auth_me_change(struct call *call);
void handle_auth_leave(struct call *call);
void handle_auth_export(struct call *call);
void handle_auth_keys(struct call *call);
void handle_auth_key_add(struct call *call);
void handle_auth_key_remove(struct call *call);
void handle_auth_sessions(struct call *call);
void handle_auth_session_end(struct call *call);
void handle_auth_login_unlink(struct call *call);

/* users.c */
void handle_users_list(struct call *call);
void handle_user_add(struct call *call);
void handle_user_get(struct call *call);
void handle_user_change(struct call *call);
void handle_user_remove(struct call *call);
void handle_admin_users(struct call *call);
void handle_admin_user_get(struct call *call);
void handle_admin_user_change(struct call *call);
void handle_admin_user_approve(struct call *call);
void handle_admin_user_reject(struct call *call);
void handle_admin_user_sign_out(struct call *call);
void handle_admin_user_link(struct call *call);
void handle_admin_users_bulk(struct call *call);

/* admin.c */
void handle_admin_dashboard(struct call *call);
void handle_admin_audit(struct call *call);
void handle_admin_invitations(struct call *call);
void handle_admin_invite(struct call *call);
void handle_admin_uninvite(struct call *call);
void handle_admin_settings(struct call *call);

/* admin_logs.c */
void handle_admin_requests(struct call *call);
void handle_admin_searches(struct call *call);
void handle_admin_activity(struct call *call);

/* admin_playlists.c */
void handle_admin_playlists(struct call *call);
void handle_admin_playlists_bulk(struct call *call);

/* edit.c */
void handle_track_put(struct call *call);
void handle_track_edits(struct call *call);
void handle_track_undo(struct call *call);
void handle_track_delete(struct call *call);
void handle_track_restore(struct call *call);
void handle_tracks_bulk(struct call *call);
void handle_album_post(struct call *call);
void handle_album_put(struct call *call);
void handle_album_edits(struct call *call);
void handle_album_undo(struct call *call);
void handle_album_delete(struct call *call);
void handle_album_restore(struct call *call);
void handle_album_cover_put(struct call *call);
void handle_album_cover_delete(struct call *call);
void handle_artist_post(struct call *call);
void handle_artist_put(struct call *call);
void handle_artist_edits(struct call *call);
void handle_artist_undo(struct call *call);
void handle_artist_delete(struct call *call);
void handle_artist_restore(struct call *call);
void handle_artist_cover_put(struct call *call);
void handle_artist_cover_delete(struct call *call);
void handle_genre_post(struct call *call);
void handle_genre_put(struct call *call);
void handle_genre_edits(struct call *call);
void handle_genre_undo(struct call *call);
void handle_genre_delete(struct call *call);
void handle_genre_restore(struct call *call);

/* owners.c */
void handle_artist_get(struct call *call);
void handle_artists_by_user(struct call *call);
void handle_artist_owners(struct call *call);
void handle_artist_owner_put(struct call *call);
void handle_artist_owner_delete(struct call *call);

/* backups.c */
void handle_backups_list(struct call *call);
void handle_backup_make(struct call *call);

/* sources.c */
void handle_sources_list(struct call *call);
void handle_source_check(struct call *call);
void handle_source_post(struct call *call);
void handle_source_get(struct call *call);
void handle_source_patch(struct call *call);
void handle_source_delete(struct call *call);
void handle_source_scan(struct call *call);
void handle_source_rejected(struct call *call);
void handle_jobs_list(struct call *call);
void handle_job_get(struct call *call);
void handle_job_cancel(struct call *call);
void handle_job_retry(struct call *call);
void handle_jobs_analyse(struct call *call);
void handle_jobs_retry(struct call *call);

/* storage.c */
void handle_storage_cover(struct call *call);
void handle_storage_track_url(struct call *call);
void handle_storage_stats(struct call *call);
void handle_storage_tidy(struct call *call);

/* schedules.c */
void handle_schedules_list(struct call *call);
void handle_schedule_patch(struct call *call);
void handle_schedule_run(struct call *call);
void handle_schedule_runs(struct call *call);
void handle_monitoring_report(struct call *call);
void handle_reports_list(struct call *call);
void handle_job_log(struct call *call);

/* listens.c */
void handle_listen(struct call *call);
void handle_track_listen(struct call *call);
void handle_event_search(struct call *call);
void handle_event_playlist(struct call *call);
void handle_me_history(struct call *call);
void handle_user_history(struct call *call);
void handle_recommendations(struct call *call);

/* analytics_user.c */
void handle_analytics_user(struct call *call);
void handle_me_recap(struct call *call);

/* analytics.c */
void handle_analytics_track(struct call *call);
void handle_analytics_artist(struct call *call);
void handle_artist_stats(struct call *call);
void handle_analytics_platform(struct call *call);
void handle_popular_tracks(struct call *call);
void handle_popular_artists(struct call *call);
void handle_genres_stats(struct call *call);
void handle_trends(struct call *call);
void handle_active_users(struct call *call);

/* search.c */
void handle_search_tracks(struct call *call);
void handle_search_artists(struct call *call);
void handle_search_albums(struct call *call);
void handle_search_playlists(struct call *call);
void handle_search_multi(struct call *call);
void handle_search_suggest(struct call *call);

/* playlists.c */
void handle_playlists_list(struct call *call);
void handle_playlist_make(struct call *call);
void handle_playlist_get(struct call *call);
void handle_playlist_shared(struct call *call);
void handle_playlist_change(struct call *call);
void handle_playlist_publish(struct call *call);
void handle_playlist_unpublish(struct call *call);
void handle_playlist_link(struct call *call);
void handle_playlist_remove(struct call *call);
void handle_playlist_cover(struct call *call);
void handle_playlist_cover_set(struct call *call);
void handle_playlist_cover_remove(struct call *call);

/* playlist_files.c */
void handle_playlist_export(struct call *call);
void handle_playlist_import(struct call *call);

/* playlist_tracks.c */
void handle_playlist_tracks(struct call *call);
void handle_playlist_tracks_add(struct call *call);
void handle_playlist_tracks_replace(struct call *call);
void handle_playlist_tracks_remove(struct call *call);
void handle_playlist_track_remove(struct call *call);
void handle_playlist_move(struct call *call);
void handle_playlist_stats(struct call *call);
void handle_playlist_rule_fields(struct call *call);
void handle_playlist_rule_preview(struct call *call);

/* channels.c */
void handle_channels_list(struct call *call);
void handle_channel_make(struct call *call);
void handle_channel_get(struct call *call);
void handle_channel_change(struct call *call);
void handle_channel_remove(struct call *call);
void handle_channel_link(struct call *call);
void handle_channel_start(struct call *call);
void handle_channel_stop(struct call *call);
void handle_channel_pause(struct call *call);
void handle_channel_resume(struct call *call);
void handle_channel_keep(struct call *call);
void handle_channel_history(struct call *call);

/* channel_listens.c */
void handle_channel_listeners(struct call *call);
void handle_channel_listener_drop(struct call *call);
void handle_channel_listens(struct call *call);

/* live_in.c */
void handle_live_source(struct call *call);
void handle_live_metadata(struct call *call);

/* live.c */
void handle_live_listen(struct call *call);
void handle_live_hls_list(struct call *call);
void handle_live_hls_file(struct call *call);
void handle_live_status(struct call *call);

/* channel_djs.c */
void handle_channel_djs(struct call *call);
void handle_channel_dj_add(struct call *call);
void handle_channel_dj_change(struct call *call);
void handle_channel_dj_remove(struct call *call);
void handle_channel_dj_disconnect(struct call *call);

/* channel_plans.c */
void handle_channel_schedule(struct call *call);
void handle_channel_schedule_add(struct call *call);
void handle_channel_schedule_change(struct call *call);
void handle_channel_schedule_remove(struct call *call);
void handle_channel_jingles(struct call *call);
void handle_channel_jingle_add(struct call *call);
void handle_channel_jingle_change(struct call *call);
void handle_channel_jingle_remove(struct call *call);
void handle_channel_requests(struct call *call);
void handle_channel_request_add(struct call *call);

/* channel_pushes.c */
void handle_channel_pushes(struct call *call);
void handle_channel_push_add(struct call *call);
void handle_channel_push_change(struct call *call);
void handle_channel_push_remove(struct call *call);

/* queue.c */
void handle_channel_queue_get(struct call *call);
void handle_channel_queue_clear(struct call *call);
void handle_channel_queue_add(struct call *call);
void handle_channel_queue_remove(struct call *call);
void handle_channel_queue_move(struct call *call);
void handle_channel_queue_skip(struct call *call);
void handle_channel_queue_state(struct call *call);

/* me.c */
void handle_favorite_get(struct call *call);
void handle_favorite_put(struct call *call);
void handle_favorite_remove(struct call *call);
void handle_favorites_list(struct call *call);
void handle_favorite_ids(struct call *call);
void handle_rating_put(struct call *call);
void handle_rating_remove(struct call *call);
void handle_queue_get(struct call *call);
void handle_queue_put(struct call *call);
void handle_continue(struct call *call);

/* stream.c */
void handle_track_stream(struct call *call);
void handle_track_download(struct call *call);
void handle_track_link(struct call *call);
void stream_metrics_register(void);

/* tag_writes.c */
void handle_tag_writes_list(struct call *call);
void handle_tag_writes_post(struct call *call);
void handle_track_write_tags(struct call *call);
void handle_tag_write_confirm(struct call *call);
void handle_tag_write_undo(struct call *call);

/* quality.c */
void handle_quality(struct call *call);
void handle_quality_things(struct call *call);

/* cleanup.c */
void handle_cleanup_list(struct call *call);
void handle_cleanup_rules(struct call *call);
void handle_cleanup_bulk(struct call *call);
void handle_cleanup_accept(struct call *call);
void handle_cleanup_dismiss(struct call *call);
void handle_cleanup_undo(struct call *call);

/* covers.c */
void handle_track_cover(struct call *call);
void handle_album_cover(struct call *call);
void handle_artist_cover(struct call *call);
void handle_genre_cover(struct call *call);

/* uploads.c, upload_forms.c */
void handle_uploads_list(struct call *call);
void handle_uploads_options(struct call *call);
void handle_upload_post(struct call *call);
void handle_upload_get(struct call *call);
void handle_upload_patch(struct call *call);
void handle_upload_delete(struct call *call);
void handle_tracks_upload(struct call *call);
void handle_tracks_upload_from_url(struct call *call);

#endif /* OGMA_API_HANDLERS_H */
