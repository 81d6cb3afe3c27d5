/** What the machine refuses is one sentence that names the file as a user knows it, and says what to do. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exitCodes } from '../../pipeline/errors.js';
import { temporaryName } from '../../pipeline/store/temporary_name.js';
import { saysNothingOfFile, systemProblem, withFile } from '../../pipeline/system_problem.js';

const failed = (code: string, about: object): Error =>
  Object.assign(new Error(`${code}: it failed`), { code, syscall: 'write', ...about });

test('a full disk, by the final name of the file', () => {
  const problem = systemProblem(failed('ENOSPC', { path: temporaryName('data/a.parquet') }))!;
  assert.is(problem.message, 'data/a.parquet: there is no space left on its disk (write: ENOSPC)');
  assert.is(problem.exitCode, exitCodes.unavailable);
  assert.match(problem.hint!, 'make room there');
});

test("DuckDB's words are as good as a code", () => {
  const text = `IO Error: Could not write file "${temporaryName('data/a.parquet')}": No space left on device`;
  const error = Object.assign(new Error(text), { name: 'DatabaseError' });
  assert.is(systemProblem(error)!.message, 'data/a.parquet: there is no space left on its disk (DuckDB)');
});

test('an error of an open file is told the name; where there is none, what was done', () => {
  const work = () => withFile('out.csv', () => { throw failed('EIO', {}); }); // prettier-ignore
  assert.throws(work, (error: Error) => systemProblem(error)!.message.startsWith('out.csv: '));
  assert.match(systemProblem(failed('EMFILE', {}), 'align/gpt2')!.message, /^align\/gpt2: too many files are open/);
});

test('what is no problem of the machine is left to others', () => {
  assert.is(systemProblem(failed('ENOENT', {})), null);
  assert.is(systemProblem(new TypeError('a bug')), null);
  assert.ok(saysNothingOfFile(failed('EMFILE', {})));
  assert.not.ok(saysNothingOfFile(failed('EIO', {})));
});

test.run();
