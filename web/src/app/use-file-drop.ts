/* Files dropped anywhere in the app are uploads, of those who may. True while something that holds files is over it. */
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { can } from '../api/roles';
import { useMe } from '../api/session';

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

async function send(data: DataTransfer): Promise<void> {
	/* The first await would lose what was dropped: taken hold of before the code that walks it is there. */
	const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? null);
	const files = [...data.files];
	const [{ filesOfDrop }, { addFiles }] = await Promise.all([
		import('../pages/upload/files'),
		import('../pages/upload/uploader'),
	]);
	addFiles(await filesOfDrop(entries, files), { album: '', artist: '' });
}

export function useFileDrop(): boolean {
	const { me } = useMe();
	const navigate = useNavigate();
	const [over, setOver] = useState(false);
	const may = can(me, 'artist');
	useEffect(() => {
		if (!may) return;
		const drag = (event: DragEvent) => {
			if (!holdsFiles(event)) return;
			event.preventDefault();
			setOver(true);
		};
		const leave = (event: DragEvent) => {
			if (event.relatedTarget === null) setOver(false);
		};
		const drop = (event: DragEvent) => {
			setOver(false);
			if (!holdsFiles(event) || !event.dataTransfer) return;
			event.preventDefault();
			void send(event.dataTransfer);
			navigate('/upload');
		};
		addEventListener('dragover', drag);
		addEventListener('dragleave', leave);
		addEventListener('drop', drop);
		return () => {
			removeEventListener('dragover', drag);
			removeEventListener('dragleave', leave);
			removeEventListener('drop', drop);
		};
	}, [may, navigate]);
	return may && over;
}
