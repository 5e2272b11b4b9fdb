const { default: Sequencer } = require('@jest/test-sequencer');

/** Suites that take the longest, the longest first: begun last, one would run on alone while the others are idle. */
const longest = [
  'models/rhythm/',
  'models/sentiment/',
  'models/intent/',
  'models/case-classification/',
  'test/contract/connectors.test.ts',
  'models/anomaly/',
  'test/integration/adapt.test.ts',
  'test/integration/observe.test.ts',
  'test/fault/kill.test.ts',
  'test/integration/rhythm.test.ts',
  'test/integration/learning.test.ts',
  'test/e2e/demo.test.ts',
  'test/fault/apply-processes.test.ts',
  'test/integration/erasure.test.ts',
];

/** A fresh clone has no times of an earlier run for jest to go by. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const at = longest.findIndex((part) => path.includes(`/${part}`));
      return at < 0 ? longest.length : at;
    };
    return [...super.sort(tests)].sort((one, other) => rank(one) - rank(other));
  }
};
