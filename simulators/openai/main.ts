import { runCommand } from '../kit/command';
import { startOpenAi, type OpenAiOptions, type RunningOpenAi } from './start';

const usage = `An endpoint with the chat completions API, on loopback. Its model repeats the task that it is given.

  --port N        listen there (default: any)
  --options FILE  JSON with any of the options of start.ts but reply

Prints one line of JSON with its baseUrl.
`;

runCommand<OpenAiOptions, RunningOpenAi>({
  usage,
  ports: { port: 'port' },
  start: startOpenAi,
  show: ({ baseUrl }) => ({ baseUrl }),
});
