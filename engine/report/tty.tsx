import { Box, render, Static, Text } from 'ink';
import type { Showing } from './choose.ts';
import type { Event, Reporter } from './event.ts';
import { Live, type Working } from './live.ts';
import { plainReporter } from './plain.ts';
import { duration, styleFor } from './style.ts';

const FRAME_MS = 100;
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Lines of the screen that are not for hosts at work: progress, a blank one, and room to scroll. */
const KEPT = 5;

interface Screen {
  readonly lines: readonly { readonly id: number; readonly text: string }[];
  readonly live: Live;
  readonly frame: number;
  readonly over: boolean;
}

/** Live output on a terminal: finished tasks scroll above, hosts at work and the progress stay below. */
export function ttyReporter(showing: Showing): Reporter {
  const live = new Live();
  const lines: { id: number; text: string }[] = [];
  let pending = '';
  let frame = 0;
  let over = false;
  const write = (text: string): void => {
    const parts = (pending + text).split('\n');
    pending = parts.pop() ?? '';
    for (const part of parts) lines.push({ id: lines.length, text: part === '' ? ' ' : part });
  };
  // what is finished is the same text as without a terminal
  const finished = plainReporter(write, { ...showing, columns: process.stdout.columns ?? 80 }, styleFor(true));
  const view = (): React.JSX.Element => <View lines={[...lines]} live={live} frame={frame} over={over} />;
  const ink = render(view(), { patchConsole: false, exitOnCtrlC: false });
  const timer = setInterval(() => {
    frame++;
    ink.rerender(view());
  }, FRAME_MS);
  return {
    on(event: Event) {
      live.on(event);
      finished.on(event);
    },
    async close() {
      clearInterval(timer);
      over = true;
      if (pending !== '') write('\n');
      ink.rerender(view());
      ink.unmount();
      await ink.waitUntilExit();
    },
  };
}

function View({ lines, live, frame, over }: Screen): React.JSX.Element {
  const rows = process.stdout.rows ?? 24;
  const columns = process.stdout.columns ?? 80;
  return (
    <>
      <Static items={[...lines]}>{(line) => <Text key={line.id}>{line.text}</Text>}</Static>
      {over ? null : (
        <Box flexDirection="column">
          {live
            .working()
            .slice(0, Math.max(1, rows - KEPT))
            .map((one) => (
              <HostLine key={one.host} one={one} columns={columns} frame={frame} />
            ))}
          <Progress live={live} columns={columns} />
        </Box>
      )}
    </>
  );
}

function HostLine({ one, columns, frame }: { readonly one: Working; readonly columns: number; readonly frame: number }): React.JSX.Element {
  const age = Date.now() - one.since;
  const head = `  ${one.host.padEnd(8)} ${SPINNER[frame % SPINNER.length]} ${duration(age).padEnd(6)} `;
  const room = Math.max(10, columns - head.length - 1);
  const task = one.task.slice(0, room);
  const note = age > 1000 && one.note !== '' ? one.note.slice(0, Math.max(0, room - task.length - 3)) : '';
  return (
    <Text wrap="truncate">
      <Text color="cyan">{head}</Text>
      {task}
      {note === '' ? null : <Text dimColor>{` │ ${note}`}</Text>}
    </Text>
  );
}

function Progress({ live, columns }: { readonly live: Live; readonly columns: number }): React.JSX.Element {
  const { done, total, hosts, failed, changed, play } = live.progress;
  const part = total === 0 ? 0 : done / total;
  const width = Math.max(10, Math.min(40, columns - 50));
  const full = Math.round(part * width);
  const elapsed = Date.now() - live.started;
  return (
    <Text wrap="truncate">
      {' '}
      <Text color="green">{'━'.repeat(full)}</Text>
      <Text dimColor>{'─'.repeat(width - full)}</Text>
      {` ${done}/${total}  ${hosts} hosts  ${changed} changed  `}
      {failed > 0 ? <Text color="red">{`${failed} failed  `}</Text> : null}
      <Text dimColor>{`${duration(elapsed)}  ${play}`}</Text>
    </Text>
  );
}
