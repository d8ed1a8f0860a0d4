// CommonJS, because the worker's workflow sandbox loads it by path.
// Messages and stacks of failures go through the codec.
const { DefaultFailureConverter } = require('@temporalio/common')
exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true })
