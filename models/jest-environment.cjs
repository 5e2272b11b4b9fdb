const { TestEnvironment } = require('jest-environment-node');

/**
 * Jest runs tests in a realm of their own, whose Float32Array is not the one onnxruntime's native code makes its results
 * with, and onnxruntime compares them by `instanceof`. Tests that run a model share the outer one.
 */
module.exports = class OnnxEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.global.Float32Array = Float32Array;
  }
};
