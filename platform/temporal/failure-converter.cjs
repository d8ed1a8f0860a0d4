// Loaded by path into the worker's workflow sandbox too, hence CommonJS. Messages and stacks of failures go through the codec.
const { DefaultFailureConverter } = require('@temporalio/common')
exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true })
