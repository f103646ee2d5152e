// The API's own description, as something to check answers with.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Answer } from './http.ts';
import type { Server } from './ogma.ts';

export interface Parameter {
	name: string;
	in: 'path' | 'query';
	required: boolean;
	schema: { type: string; minimum?: number; maximum?: number; maxLength?: number; enum?: string[] };
}

export interface Operation {
	method: string; // GET, POST, …
	path: string; // the pattern
	right: string; // the role it takes to ask; none: public
	others: string; // the role it takes to touch other people's things
	body: any; // JSON schema of the members, when it takes JSON
	parameters: Parameter[];
	responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}

// The parts that schemas share are compiled once, under a name of their own:
// those of the answers refer to it.
const home = 'ogma';

export class Description {
	readonly operations: Operation[] = [];
	readonly schemas: Record<string, any>;
	private readonly ajv = new Ajv2020({ strict: false, allErrors: true, inlineRefs: false });
	private readonly compiled = new Map<string, ValidateFunction>();

	constructor(document: any) {
		this.ajv.addSchema({ $id: home, components: document.components });
		this.schemas = document.components.schemas;
		formats.default(this.ajv);
		for (const [path, methods] of Object.entries<any>(document.paths)) {
			for (const [method, operation] of Object.entries<any>(methods))
				this.operations.push({
					method: method.toUpperCase(),
					path,
					right: operation['x-right'],
					others: operation['x-others'],
					body: operation.requestBody?.content['application/json']?.schema,
					parameters: operation.parameters,
					responses: operation.responses,
				});
		}
	}

	static async of(server: Server): Promise<Description> {
		const { text } = await server.ask('/openapi.json');
		return new Description(JSON.parse(text.replaceAll('"#/components/', `"${home}#/components/`)));
	}

	/** What is wrong with an answer by its route's description; undefined: nothing. */
	complaint(operation: Operation, answer: Answer): string | undefined {
		const response = operation.responses[String(answer.status)];
		if (response === undefined) return `status ${answer.status} is not documented: ${answer.text.slice(0, 200)}`;
		if (answer.status === 304 || answer.status === 206) return undefined;
		const type = (answer.header('content-type') ?? '').split(';')[0] ?? '';
		const contents = Object.entries<any>(response.content ?? {});
		const [wanted, content] = contents.find(([one]) => fits(one, type)) ?? contents[0] ?? ['', {}];
		if (!fits(wanted, type)) return `${answer.status} is ${type}, not ${wanted}`;
		return content.schema === undefined ? undefined : this.mismatch(content.schema, answer.json());
	}

	/** What of a value does not fit a schema of the document. */
	mismatch(schema: object, value: unknown): string | undefined {
		const text = JSON.stringify(schema); // most are a reference that many answers have
		const check = this.compiled.get(text) ?? this.ajv.compile(schema);
		this.compiled.set(text, check);
		return check(value) ? undefined : this.ajv.errorsText(check.errors);
	}

	error(answer: Answer): string | undefined {
		return this.mismatch(this.schemas['Error'], answer.json());
	}
}

function fits(wanted: string, type: string): boolean {
	if (wanted === '*/*') return true;
	return wanted.endsWith('/*') ? type.startsWith(wanted.slice(0, -1)) : wanted === type;
}
