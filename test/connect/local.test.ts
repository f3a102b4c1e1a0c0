import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, connect, type Shell } from '../../engine/connect/index.ts';

describe('the control node itself', () => {
  let connection: Connection;
  let shell: Shell;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'qpl-'));
    connection = connect({ kind: 'local', name: 'me', host: 'localhost', hostKeyChecking: 'strict', timeout: 30 });
    shell = await connection.shell();
  });
  afterAll(async () => {
    await connection.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('runs scripts as the user who runs this', async () => {
    const exit = await shell.run('id -un; echo err >&2; exit 4');
    expect([exit.code, exit.stdout.toString(), exit.stderr.toString()]).toEqual([4, `${userInfo().username}\n`, 'err\n']);
    expect(shell.user).toBe(userInfo().username);
  });
  test('becoming the same user is nothing', async () => {
    expect(await connection.shell({ method: 'sudo', user: userInfo().username })).toBe(shell);
  });
  test.skipIf(userInfo().uid !== 0)('root becomes another user, with sudo or without it', async () => {
    const other = await connection.shell({ method: 'sudo', user: 'daemon' });
    expect((await other.run('id -un')).stdout.toString()).toBe('daemon\n');
    const by = await connection.shell({ method: 'su', user: 'bin' });
    expect((await by.run('id -un')).stdout.toString()).toBe('bin\n');
  });
  test('stops what takes too long', async () => {
    expect(await shell.run('sleep 61.5', { timeout: 0.2 })).toMatchObject({ code: 124, timedOut: true });
    expect((await shell.run("ps -ef | grep '[s]leep 61.5'")).code).toBe(1);
  });
  test('writes and reads files', async () => {
    const path = join(folder, "it's a file");
    await shell.put(path, Readable.from([Buffer.from('one '), Buffer.from('two')]), 7);
    expect((await shell.get(path)).toString()).toBe('one two');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
  test('says when a file cannot be written, is cut short, or cannot be read', async () => {
    await expect(shell.put(join(folder, 'no', 'such'), Buffer.from('x'), 1)).rejects.toMatchObject({
      diagnostics: [{ kind: 'task', code: 'upload', host: 'me' }],
    });
    await expect(shell.put(join(folder, 'short'), Readable.from([Buffer.from('one')]), 7)).rejects.toMatchObject({ diagnostics: [{ code: 'upload' }] });
    await expect(shell.get(join(folder, 'none'))).rejects.toMatchObject({ diagnostics: [{ code: 'read-file' }] });
  });
  test('a full disk is named', async () => {
    await expect(shell.put('/dev/full', Buffer.from('x'), 1)).rejects.toMatchObject({
      diagnostics: [{ code: 'upload', cause: expect.stringMatching(/No space left/), hint: expect.stringContaining('df -h') }],
    });
  });
  test('a source that fails is told, and nobody waits', async () => {
    const broken = new Readable({
      read() {
        this.destroy(new Error('bad sector'));
      },
    });
    await expect(shell.put(join(folder, 'broken'), broken, 10)).rejects.toMatchObject({ diagnostics: [{ code: 'upload', cause: 'bad sector' }] });
  });
  test('connects to what listens', async () => {
    const server = createServer((socket) => socket.end('hi'));
    const port = await new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)));
    const socket = await connection.dial('127.0.0.1', port);
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(text).toBe('hi');
    server.close();
    await expect(connection.dial('127.0.0.1', 1)).rejects.toMatchObject({ diagnostics: [{ code: 'dial' }] });
  });
});
