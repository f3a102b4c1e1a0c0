import type { Duplex } from 'node:stream';
import type { Pipe } from '../connect/pipe.ts';
import type { ArgsOf, OptionRules, Options } from './options.ts';
import type { Script } from './sh.ts';

export type { Pipe } from '../connect/pipe.ts';
export type { ArgsOf, OptionRules, OptionSpec, Options } from './options.ts';
export { Lib, lines, quote, raw, Script, sh } from './sh.ts';

/** What a task returns besides its status: Ansible's return values of that module. */
export type Result = Readonly<Record<string, unknown>>;

/** What a script printed and how it ended. */
export interface Observed {
  readonly code: number;
  /** UTF-8; bytes that are not are replaced. `bytes` has them as they were. */
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: Buffer;
}

/** One thing that differs. Text is shown as a unified diff, anything else key by key. */
export interface Diff {
  readonly before: string | Readonly<Record<string, unknown>>;
  readonly after: string | Readonly<Record<string, unknown>>;
  /** What is compared, usually a path. */
  readonly label?: string;
}

/** Bytes for a host: in memory, or a file of the control node that is streamed. */
export type Content = Buffer | string | { readonly file: string };

/** What a state module makes of what it saw. */
export type Plan =
  /** The host is as asked. */
  | { readonly is: 'right'; readonly result?: Result }
  /** It is not; `apply` brings it there. Each upload `k` is a temporary file (0600, removed afterwards) whose path stands in the shell variable `$up_k` while `apply` runs. */
  | {
      readonly is: 'wrong';
      readonly diff: readonly Diff[];
      readonly apply: Script;
      readonly uploads?: Readonly<Record<string, Content>>;
      /** Values known already, returned in check mode; after a real change the plan of the new state gives them. */
      readonly result?: Result;
      /** Seconds `apply` may take; no limit when absent. */
      readonly timeout?: number;
    }
  /** It cannot be brought there. */
  | { readonly is: 'impossible'; readonly why: string; readonly hint?: string; readonly result?: Result }
  /** Something an earlier task would have made is missing (a package, a unit, a user): fails in a run, is `unknown` in a plan. */
  | { readonly is: 'premature'; readonly why: string; readonly hint?: string; readonly result?: Result }
  /** It does not apply to this host (no SELinux there). */
  | { readonly is: 'skipped'; readonly why: string; readonly result?: Result };

/** A documented call of a module. Every example of a state module is a test: see test/modules/law.test.ts. */
export interface Example {
  readonly title: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Shell text run as root before the first of the four runs, to make the host ready and the example not yet true. */
  readonly given?: string;
  /** What the host must have, or the example is skipped with that reason. */
  readonly needs?: readonly (
    | 'systemd'
    | 'firewalld'
    | 'podman'
    | 'selinux'
    | 'postgresql'
    | 'mysql'
    | 'redis'
    | 'haproxy'
    | 'ceph'
    | 'registry'
    | 'quay'
    | 'dnf'
    | 'apt'
    | 'network'
  )[];
  /** Not run by the law, with the reason (said in the docs too). */
  readonly untested?: string;
}

/** What a module may ask of the control node. */
export interface Controller {
  /** Name of the managed host this task is for. */
  readonly host: string;
  readonly check: boolean;
  readonly diff: boolean;
  /** `ansible_python_interpreter` of the host the task runs on, or what the settings say. */
  readonly python?: string;
  /** Whether the task says `no_log`. */
  readonly noLog?: boolean;
  /** How often `-v` was given. */
  readonly verbosity?: number;
  /** Folder of the playbook, from which relative paths are meant that a module writes on the control node (`fetch`); the current one when absent. */
  readonly baseDir?: string;
  /** Absolute path of a file named in the playbook, searched as Ansible does (role's `files/` or `templates/`, the task file's folder, the playbook's). Throws a diagnostic that lists where it looked. */
  find(kind: 'files' | 'templates' | 'tasks' | 'vars', name: string): string;
  /** Content of a file of the control node, decrypted when it is a vault file. */
  read(path: string): Promise<Buffer>;
  /** A template file rendered with the variables of this host. */
  template(path: string, options?: TemplateOptions): Promise<string>;
  /** From now on this text is masked wherever it would be shown. */
  secret(value: string): void;
  warn(message: string): void;
  /** Looks at a job that an `async` task left on the host, or removes what is kept of it. Absent where no playbook is run. */
  job?(host: Host, jid: string, mode: 'status' | 'cleanup'): Promise<ActionOutcome>;
  /** The way to the host for a program that has its own ends on both sides (`synchronize`). Absent where no playbook is run. */
  line?(): Line;
  /** Asks the person at the terminal (`pause`); rejects when there is none. Absent where nobody can be asked. */
  ask?(prompt: string, secret: boolean): Promise<string>;
}

/** A host that a program may reach by itself, or over the connection that is there. */
export interface Line {
  /** Where the task runs: where the engine does, on the host it is for, or on another one that it is delegated to. */
  readonly runs: 'here' | 'there' | 'elsewhere';
  /** Address of the host that the task is for, and how one logs in there. */
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly privateKeyFile?: string;
  /** Arguments for ssh out of `ansible_ssh_common_args` and its kin. */
  readonly sshArgs: string;
  /** The user that the task becomes. */
  readonly become?: { readonly method: string; readonly user: string };
  /** Variables of the task for programs of the control node. */
  readonly environment: Readonly<Record<string, string>>;
  /** The program that `ansible_rsync_path` names. */
  readonly rsync?: string;
  /** Ends the task: an interruption, or its time is up. */
  readonly signal: AbortSignal;
  /**
   * Starts a command on the host that the task is for, or on the one where it runs. It waits until a first line was written to
   * it, which it does not get. `plain`: as the user of the connection, whatever the task says.
   */
  open(text: string, options?: { readonly where?: 'host' | 'runner'; readonly plain?: boolean }): Promise<Pipe>;
}

export interface TemplateOptions {
  readonly trimBlocks?: boolean;
  readonly lstripBlocks?: boolean;
  readonly newline?: string;
  /** Delimiters, where they differ from `{{ }}`, `{% %}`, `{# #}`. */
  readonly variableStart?: string;
  readonly variableEnd?: string;
  readonly blockStart?: string;
  readonly blockEnd?: string;
  readonly commentStart?: string;
  readonly commentEnd?: string;
}

/** A host as seen by modules that need more than one script. */
export interface Host {
  /** Runs a script in the resident shell of the task's become user. */
  run(script: Script, options?: { readonly timeout?: number }): Promise<Observed>;
  /**
   * As `run`, but the script goes on by itself on the host: there when the task is `async` and the module says `detaches`.
   * It must be the last one. `known` is what the result holds however it ends; `ran` is when it ran by the host's clock.
   */
  detach?(script: Script, known: Result): Promise<Observed & { readonly ran: { readonly began: number; readonly elapsed: number } }>;
  /** A TCP connection made *from the managed host* (SSH direct-tcpip; nothing is needed there). */
  dial(host: string, port: number): Promise<Duplex>;
  /** Puts content on the host and returns the temporary path (0600); removed when the task ends. */
  upload(content: Content): Promise<string>;
  /** Reads a file of the host. */
  download(path: string): Promise<Buffer>;
  /** Drops the connection and makes it anew (after a reboot). */
  reconnect(timeoutSeconds: number): Promise<void>;
  readonly signal: AbortSignal;
}

interface Described<O extends Options> {
  /** Short name, such as `firewalld`. */
  readonly name: string;
  /** Full names it answers to, such as `ansible.posix.firewalld`. The short name works too. */
  readonly fqcn: readonly string[];
  /** One line, ending in a period. */
  readonly summary: string;
  readonly notes?: readonly string[];
  readonly options: O;
  readonly rules?: OptionRules;
  /** It takes whatever it is given: it only stands for a module that is not there, or gets it as the task has it. */
  readonly anyOptions?: true | 'handed over';
  /** Option that a free-form line fills (`command: ls -l`). */
  readonly freeForm?: keyof O & string;
  /** Where its behaviour is specified: Ansible's module of that name, a manual page. */
  readonly source?: string;
  /** Return values, as Ansible's. */
  readonly returns: Readonly<Record<string, string>>;
  readonly examples: readonly Example[];
}

/** A module that manages state by shell script. Nine in ten are this. */
export interface StateModule<O extends Options = Options, P = undefined> extends Described<O> {
  readonly kind: 'state';
  /** Work on the control node before anything is asked of the host: read a file, render a template. */
  prepare?(args: ArgsOf<O>, controller: Controller): Promise<P>;
  /** Read-only; prints the state. */
  probe(args: ArgsOf<O>, prepared: P): Script;
  /** Pure. `before` is given only on the proving call, right after `apply`: what was seen before it (a restart is proven by what differs). */
  plan(args: ArgsOf<O>, seen: Observed, prepared: P, before?: Observed): Plan;
}

/** What an asking module makes of what it saw: as `Plan`, but it acts by calls. */
export type AskPlan =
  | Exclude<Plan, { is: 'wrong' }>
  | { readonly is: 'wrong'; readonly diff: readonly Diff[]; readonly act: (host: Host) => Promise<void>; readonly result?: Result };

/** A module that manages state by talking (HTTP to an API) rather than by one script. The same law holds. */
export interface AskModule<O extends Options = Options, S = unknown> extends Described<O> {
  readonly kind: 'ask';
  /** Read-only. */
  ask(args: ArgsOf<O>, host: Host, controller: Controller): Promise<S>;
  /** Pure but for `act`, which is called only when the run is not a check. */
  plan(args: ArgsOf<O>, state: S): AskPlan;
}

/** A module that only looks: stat, slurp, facts. Its probe runs in check mode too. */
export interface ReadModule<O extends Options = Options> extends Described<O> {
  readonly kind: 'read';
  probe(args: ArgsOf<O>): Script;
  /** `facts` become `ansible_facts` of the host. */
  result(
    args: ArgsOf<O>,
    seen: Observed,
  ):
    | { readonly result: Result; readonly facts?: Readonly<Record<string, unknown>> }
    | { readonly failed: string; readonly hint?: string; readonly result?: Result };
}

export type ActionOutcome =
  | { readonly status: 'ok' | 'changed'; readonly result: Result; readonly diff?: readonly Diff[] }
  | { readonly status: 'skipped' | 'unknown'; readonly why: string; readonly result?: Result }
  /** `code` of the diagnostic; default `failed`. */
  | { readonly status: 'failed'; readonly why: string; readonly hint?: string; readonly code?: string; readonly result?: Result };

/** A module that acts: command, shell, raw, script, reboot, wait_for, pause. A barrier to look-ahead. */
export interface ActionModule<O extends Options = Options> extends Described<O> {
  readonly kind: 'action';
  /** In check mode: `run` it all the same (it only looks), or ask `decide`, or say `unknown`. */
  readonly inCheck: 'run' | 'unknown' | 'decide';
  /** Done once for all hosts of a batch, each of which gets the outcome (`pause`). */
  readonly once?: true;
  /** It acts by one script, its last, and gives that to `Host.detach` where that is there. */
  readonly detaches?: true;
  /** What it prints is for the engine, and not shown as it comes. */
  readonly silent?: true;
  run(args: ArgsOf<O>, host: Host, controller: Controller): Promise<ActionOutcome>;
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds modules of every option type; each is typed where it is defined
export type AnyModule = StateModule<any, any> | AskModule<any, any> | ReadModule<any> | ActionModule<any>;

type Omitted<M> = Omit<M, 'kind'>;

/** Declares a state module; carries types only. */
export const defineModule = <const O extends Options, P = undefined>(module: Omitted<StateModule<O, P>>): StateModule<O, P> => ({ kind: 'state', ...module });
/** Declares a state module that talks to an API. */
export const defineAsk = <const O extends Options, S>(module: Omitted<AskModule<O, S>>): AskModule<O, S> => ({ kind: 'ask', ...module });
/** Declares a module that only looks. */
export const defineRead = <const O extends Options>(module: Omitted<ReadModule<O>>): ReadModule<O> => ({ kind: 'read', ...module });
/** Declares a module that acts. */
export const defineAction = <const O extends Options>(module: Omitted<ActionModule<O>>): ActionModule<O> => ({ kind: 'action', ...module });
