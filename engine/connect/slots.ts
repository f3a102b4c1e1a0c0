/** How many commands may run over one connection at once (sshd's MaxSessions), the last of them kept for killing. */
export class Slots {
  readonly #limit: number;
  #used = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Takes a slot; waits while all but one are taken. `urgent` takes the last one too, and never waits.
   *
   * @param makeRoom is asked to end something that is idle, now and again while there is no slot
   */
  async take(urgent: boolean, makeRoom: () => void): Promise<() => void> {
    while (!urgent && this.#used >= this.#limit - 1) {
      makeRoom();
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        setTimeout(resolve, 100);
      });
    }
    this.#used += 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#used -= 1;
      for (const wake of this.#waiting.splice(0)) wake();
    };
  }
}
