import type * as Ink from 'ink';
import type { Live, Working } from './live.ts';
import { duration } from './style.ts';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Lines of the screen that are not for hosts at work: progress, a blank one, and room to scroll. */
const KEPT = 5;

export interface Screen {
  readonly lines: readonly { readonly id: number; readonly text: string }[];
  readonly live: Live;
  readonly frame: number;
  readonly over: boolean;
}

/** The live screen, made of ink's components. */
export function viewsOf({ Box, Static, Text }: Pick<typeof Ink, 'Box' | 'Static' | 'Text'>): (screen: Screen) => React.JSX.Element {
  return View;

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
}
