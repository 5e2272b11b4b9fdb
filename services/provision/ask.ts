import { connect } from 'node:net';

/** What a server is asked over a socket, and by what first bytes it is known. */
export interface Question {
  readonly bytes: Buffer;
  readonly isAnswer: (data: Buffer) => boolean;
  /** Said of an answer that is another one: `does not speak AMQP 0-9-1`. */
  readonly otherwise: string;
}

/** Resolves when a server takes the connection and, where it is asked something, answers so within 2 s. */
export function ask(host: string, port: number, question?: Question): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const finish = (error?: Error): void => {
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    socket.setTimeout(2000, () => {
      finish(new Error(`${host}:${port} does not answer`));
    });
    socket.on('error', finish);
    socket.on('close', () => {
      finish(new Error(`${host}:${port} closed the connection`));
    });
    socket.on('connect', () => {
      if (question === undefined) finish();
      else socket.write(question.bytes);
    });
    socket.on('data', (data) => {
      const isIt = question?.isAnswer(data) === true;
      finish(isIt ? undefined : new Error(`${host}:${port} ${question?.otherwise ?? 'speaks first'}`));
    });
  });
}
