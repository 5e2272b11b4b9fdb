#!/usr/bin/env node
// The `signalbox` command: the built program, built first where that has not happened yet.
const { spawnSync } = require('node:child_process');
const { existsSync, realpathSync } = require('node:fs');
const { dirname, join } = require('node:path');

const root = dirname(dirname(realpathSync(__filename)));
const program = join(root, 'dist', 'cli', 'main.js');
if (!existsSync(program)) {
  // Progress goes to stderr: stdout belongs to the command that was asked for.
  const { status } = spawnSync(process.execPath, [join(root, 'cli', 'setup.mjs'), 'build'], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
}
require(program);
