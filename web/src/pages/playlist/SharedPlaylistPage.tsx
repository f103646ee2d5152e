export { SharedPlaylistPage as default } from './PlaylistPage';
