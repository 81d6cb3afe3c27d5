/**
 * The journal of a live session in which a bit flipped: whoever opens it is told before anything in it is believed, nothing
 * is taken off it, and with the journal put back the datasets are those that would have been made. What a killed session
 * was writing, its last line without an end, was never believed: there a bit changes nothing.
 */
import * as assert from 'uvu/assert';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IntegrityError } from '../../pipeline/errors.js';
import { Journal, readJournal, sessionFolder } from '../../stages/profile/live/journal.js';
import type { Random } from '../../stages/energy/random.js';
import { freshFolder } from '../pipeline/folder.js';
import { runProgram } from '../stages/commands/run_program.js';
import { leaveSession, leftConfiguration } from '../truth/left_behind.js';
import { tinyBert } from '../truth/truth.js';
import { FolderCopy } from './folder_copy.js';
import { flipOneBit } from './spoil.js';

const folder = sessionFolder('ours', tinyBert);
const journal = join(folder, 'journal.jsonl');
const run = ['run', 'ours.yaml', '--stage', 'profile', '--jobs', '1', '--quiet'];

/** Behind the last end of a line stands what was being written. */
const wholeLines = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);

export class JournalBench {
  private constructor(
    private readonly copy: FolderCopy,
    /** The journal of the finished session. */
    private readonly whole: Buffer,
    /** Every dataset of it, computed undisturbed. */
    private readonly expected: string,
  ) {}

  /** In a new working directory: a finished session, of which nothing but the trace is computed yet. */
  static async open(): Promise<JournalBench> {
    freshFolder();
    writeFileSync('ours.yaml', leftConfiguration([tinyBert]));
    await leaveSession('.', 'ours', tinyBert);
    assert.is((await runProgram('run', 'ours.yaml', '--stage', 'trace', '--quiet')).code, 0);
    return new JournalBench(new FolderCopy(['data']), readFileSync(journal), await datasets());
  }

  /** A bit of a finished session's journal; `commands` open it too, and not the session alone. */
  async flippedAsFinished(random: Random, commands: boolean): Promise<void> {
    this.copy.restore();
    await this.checkTold(flipOneBit(journal, random), commands);
  }

  /** Nothing that was done to it has left anything behind but the journal itself. */
  async putBack(): Promise<void> {
    writeFileSync(journal, this.whole);
    assert.is(await datasets(), this.expected);
  }

  /** A bit of the journal of a session that was killed at any byte behind its first two lines. */
  async flippedAsKilled(random: Random, commands: boolean): Promise<void> {
    this.copy.restore();
    const least = this.whole.indexOf(0x0a, this.whole.indexOf(0x0a) + 1) + 1;
    const cut = this.whole.subarray(0, least + Math.floor((this.whole.length - least) * random.uniform()));
    writeFileSync(journal, cut);
    const what = `${flipOneBit(journal, random)}, killed at byte ${cut.length}`;
    if (wholeLines(readFileSync(journal)).equals(wholeLines(cut))) await this.checkUnfinished(cut, what, commands);
    else await this.checkTold(what, commands);
  }

  /** A bit of what a killed session was writing, but one that makes an end of a line of it. */
  async flippedUnfinished(random: Random): Promise<void> {
    this.copy.restore();
    const cut = this.whole.subarray(0, this.whole.length - 20);
    const at = wholeLines(cut).length + Math.floor((cut.length - wholeLines(cut).length) * random.uniform());
    const bytes = Buffer.from(cut);
    bytes[at] ^= 1;
    writeFileSync(journal, bytes);
    await this.checkUnfinished(cut, `bit ${8 * at} of ${journal}`, true);
  }

  /** It is read as if it ended with its last whole line, and what stands behind that is taken off to be measured again. */
  private async checkUnfinished(cut: Buffer, what: string, commands: boolean): Promise<void> {
    const lines = wholeLines(cut);
    assert.is(readJournal(folder).length, lines.toString('latin1').split('\n').length - 1, what);
    if (commands) {
      const { code, stderr } = await runProgram(...run);
      assert.is(code, 4, `${what}: exit ${code}, though a measurement is open: ${stderr}`);
    } else this.openAsSession().close();
    assert.ok(readFileSync(journal).equals(lines), `${what}: not just what was unfinished is taken off`);
  }

  private async checkTold(what: string, commands: boolean): Promise<void> {
    const flipped = readFileSync(journal);
    assert.throws(
      () => this.openAsSession(),
      (error: Error) => error instanceof IntegrityError && /journal\.jsonl:\d+$/.test(error.file),
      what,
    );
    for (const argv of commands ? [run, ['run', 'ours.yaml', '--dry-run']] : []) {
      const { code, stderr } = await runProgram(...argv);
      assert.is(code, 5, `${what}: exit ${code} of ${argv.join(' ')}\n${stderr}`);
      const told = /^error: data\/sessions\/ours\/[^/]+\/journal\.jsonl:\d+ is damaged: .*\n.*restore the file.*\n$/m;
      assert.ok(told.test(stderr), `${what}: ${stderr}`);
    }
    assert.ok(readFileSync(journal).equals(flipped), `${what}: the journal was changed`);
    assert.not.ok(readdirSync('data/runs/ours').includes('profile'), `${what}: something was made of it`);
  }

  /** As the stage opens it, with the settings that it was begun with. */
  private openAsSession(): Journal {
    const { settings } = JSON.parse(this.whole.toString().split('\t')[0]) as { settings: unknown };
    return Journal.open(folder, tinyBert, settings);
  }
}

/** Computes the datasets of the session and gives all their bytes. */
async function datasets(): Promise<string> {
  const { code, stderr } = await runProgram(...run);
  assert.is(code, 0, stderr);
  const tables = readdirSync('data/runs/ours/profile', { recursive: true, encoding: 'utf8' });
  const files = tables.filter((name) => name.endsWith('.parquet')).sort();
  return files.map((name) => `${name} ${readFileSync(join('data/runs/ours/profile', name), 'latin1')}`).join('\n');
}
