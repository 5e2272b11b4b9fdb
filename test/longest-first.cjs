const { default: Sequencer } = require('@jest/test-sequencer');

/** Suites that take the longest, the longest first: begun last, one would run on alone while the other worker is idle. */
const longest = [
  'models/rhythm/',
  'models/sentiment/',
  'models/intent/',
  'models/case-classification/',
  'test/contract/connectors.test.ts',
  'models/anomaly/',
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
