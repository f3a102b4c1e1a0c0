import { StringDecoder } from 'node:string_decoder';

/** Turns chunks of bytes into text for a listener; a character cut by the end of a chunk waits for its rest. */
export function liveText(listener: ((stream: 'out' | 'err', text: string) => void) | undefined): ((stream: 'out' | 'err', chunk: Buffer) => void) | undefined {
  if (listener === undefined) return undefined;
  const decoders = { out: new StringDecoder('utf8'), err: new StringDecoder('utf8') };
  return (stream, chunk) => {
    const text = decoders[stream].write(chunk);
    if (text !== '') listener(stream, text);
  };
}
