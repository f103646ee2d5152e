import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../components/Button';
import { EmptyState } from '../components/States';

interface BoundaryProps {
	/** A change of it (the address) gives the content another chance. */
	place: string;
	children: ReactNode;
}

interface BoundaryState {
	error: unknown;
	place: string;
}

/** Last line of defence: a page that broke says so, and the player goes on beside it. */
export class ErrorBoundary extends Component<BoundaryProps, BoundaryState> {
	override state: BoundaryState = { error: null, place: this.props.place };

	static getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
		return { error };
	}

	static getDerivedStateFromProps(props: BoundaryProps, state: BoundaryState): Partial<BoundaryState> | null {
		return props.place === state.place ? null : { error: null, place: props.place };
	}

	override render(): ReactNode {
		return this.state.error ? <Broken error={this.state.error} /> : this.props.children;
	}
}

function Broken({ error }: { error: unknown }) {
	const { t } = useTranslation();
	/* A new version of the app has replaced the files this one was made of. */
	const stale = error instanceof TypeError && /import|module|fetch/i.test(error.message);
	return (
		<div className="px-gutter pt-16">
			<EmptyState title={t('error.title')}>
				<p>{t(stale ? 'error.stale' : 'error.page')}</p>
				<Button look="primary" onClick={() => location.reload()}>
					{t('action.reload')}
				</Button>
			</EmptyState>
		</div>
	);
}
