/** A way to a meter that is open: bytes come, bytes may be sent, and some day it ends. */
export interface Connection {
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Called once, when it ended by itself: unplugged, or an error of the driver. */
  onEnd(listener: (reason: string) => void): void;
  send(bytes: Uint8Array): void;
  close(): Promise<void>;
}
