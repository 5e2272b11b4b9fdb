const { readFileSync } = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

// Each worker has servers of its own, where global-setup.ts started some.
const servers = JSON.parse(process.env.SIGNALBOX_TEST_SERVERS ?? '[]');
Object.assign(process.env, servers[Number(process.env.JEST_WORKER_ID) - 1]);

/**
 * Jest runs tests in a realm of their own, whose Float32Array is not the one onnxruntime's native code makes its results
 * with, and onnxruntime compares them by `instanceof`. Tests that run a model share the outer one.
 */
module.exports = class OnnxEnvironment extends TestEnvironment {
  /**
   * The code of the embedded PostgreSQL. V8 compiles it, and spends 3 s on what is run often, once in a process as long as
   * somebody holds it; what a suite holds may be collected before the next.
   */
  static pglite = WebAssembly.compile(
    readFileSync(path.join(path.dirname(require.resolve('@electric-sql/pglite')), 'pglite.wasm')),
  );

  constructor(config, context) {
    super(config, context);
    this.global.Float32Array = Float32Array;
  }

  async teardown() {
    await super.teardown();
    if (process.env.SIGNALBOX_TEST_TEMPORAL) await endWorkflows(process.env.SIGNALBOX_TEST_TEMPORAL);
  }
};

/**
 * Ends what a suite left running on the server that the next one gets, whose workers would take it up and try in vain, for a
 * tenant that is gone, again and again. Engagements only wait.
 */
async function endWorkflows(address) {
  const { Client, Connection, ScheduleNotFoundError, WorkflowNotFoundError } = require('@temporalio/client');
  const unlessGone = (error) => {
    if (!(error instanceof WorkflowNotFoundError || error instanceof ScheduleNotFoundError)) throw error;
  };
  const connection = await Connection.connect({ address });
  try {
    const { schedule, workflow } = new Client({ connection });
    for await (const { scheduleId } of schedule.list()) await schedule.getHandle(scheduleId).delete().catch(unlessGone);
    const query = "ExecutionStatus = 'Running' AND WorkflowType != 'engagement'";
    for await (const { workflowId } of workflow.list({ query }))
      await workflow.getHandle(workflowId).terminate('its suite has ended').catch(unlessGone);
  } finally {
    await connection.close();
  }
}

/**
 * Names of the language that no test replaces (fake timers replace Date). In a realm of node:vm each use of a global asks
 * native code, which makes arithmetic several times slower; a variable around the module is as fast as without jest.
 */
const names =
  'Array, ArrayBuffer, BigInt, BigInt64Array, Boolean, DataView, Error, Float32Array, Float64Array, Infinity, JSON, Map, Math, NaN, ' +
  'Number, Object, Promise, RangeError, Reflect, RegExp, Set, String, Symbol, TypeError, Uint8Array, WeakMap, isNaN, parseFloat, parseInt';

/** What was compiled in this process, by file. */
const kept = new Map();
const { compileFunction } = vm;

/**
 * Jest has every module of every suite compiled anew, packages too: thousands. A script that is compiled once runs in any
 * realm, each time with new state, and what V8 compiles of it later is shared as well.
 */
vm.compileFunction = (source, parameters, options) => {
  const { filename, parsingContext, importModuleDynamically } = options;
  if (parsingContext === undefined) return compileFunction(source, parameters, options);
  let entry = kept.get(filename);
  if (entry?.source !== source) {
    entry = { source, script: compile(source, parameters, filename, (...asked) => entry.importing(...asked)) };
    kept.set(filename, entry);
  }
  // The suites of a process run one after the other: who imports is the last that the module was loaded for.
  entry.importing = importModuleDynamically;
  return entry.script.runInContext(parsingContext);
};

function compile(source, parameters, filename, importModuleDynamically) {
  const before = `((${names}) => function (${parameters.join(', ')}) {`;
  const whole = `${before}${source}\n})(${names})`;
  return new vm.Script(whole, { filename, columnOffset: -before.length, importModuleDynamically });
}
