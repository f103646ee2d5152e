/* Where sound goes: two audio elements that take turns, and (once started) the Web Audio graph they are wired into. */
import { volumeFactor } from './gain';
import { Graph, graphWorksHere, type Slot } from './graph';

export class Output {
	graph: Graph | null = null;
	private readonly slots: Slot[] = [0, 1].map(() => ({ element: new Audio(), gain: null }));
	private volume = 1;

	/** True when this call made the graph. Only to be called on a person's wish to play: browsers ask for that. */
	start(): boolean {
		if (this.graph || !graphWorksHere()) return false;
		this.graph = new Graph();
		for (const slot of this.slots) this.graph.attach(slot);
		this.setVolume(this.volume);
		return true;
	}

	/** 0..1, as the control shows it. */
	setVolume(position: number): void {
		this.volume = position;
		const factor = volumeFactor(position);
		if (this.graph) this.graph.setVolume(factor);
		else for (const { element } of this.slots) element.volume = factor;
	}

	freeSlot(isUsed: (slot: Slot) => boolean): Slot {
		return this.slots.find((slot) => !isUsed(slot)) ?? this.slots[0]!;
	}
}
