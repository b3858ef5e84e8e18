/** The program, run against a sandbox of its own in a folder that is gone afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../source/cli.ts';
import { systemContext } from '../../../source/commands/system.ts';
import type { Context } from '../../../source/context.ts';
import { FakeIo } from '../../cli/fake-io.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export class SandboxFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'sandbox-'));
  readonly home = join(this.path, 'posthog-sealos', 'sandbox');

  get env(): Readonly<Record<string, string>> {
    return { XDG_STATE_HOME: this.path, LANG: 'en_US.UTF-8' };
  }

  get context(): Context {
    return { ...systemContext('0.0.0-test'), env: this.env };
  }

  /** One command in this process, from its words to its exit code. */
  async run(argv: readonly string[], signal: AbortSignal = new AbortController().signal): Promise<Ran> {
    const io = new FakeIo({ env: this.env });
    const code = await run(argv, io, this.context, signal);
    return { code, out: io.out, err: io.err };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
