// Measures a model of export.py in onnxruntime by the rules of `adjoint bench` on one thread, and prints one JSON object.
// node infer.js FOLDER NAME
'use strict';
const fs = require('fs');
const path = require('path');
const ort = require('onnxruntime-node');

const [folder, name] = process.argv.slice(2);
const WARM_UP = 400, BUDGET = 1500, CALL = 10; // milliseconds

// Of the processor: it stands still while others have the core.
function spent() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

function given({ shape, below }) {
  const count = shape.reduce((all, size) => all * size, 1);
  return below === null
    ? new ort.Tensor('float32', Float32Array.from({ length: count }, () => Math.random() * 2 - 1), shape)
    : new ort.Tensor('int64', BigInt64Array.from({ length: count }, (_, n) => BigInt(n % below)), shape);
}

async function main() {
  const x = given(JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`), 'utf8')));
  const session = await ort.InferenceSession.create(path.join(folder, `${name}.onnx`), {
    executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1, graphOptimizationLevel: 'all',
  });
  const step = () => session.run({ x });
  const start = performance.now();
  let warm = 0;
  do {
    await step();
    warm++;
  } while (performance.now() - start < WARM_UP);
  const one = (performance.now() - start) / warm;
  const calls = Math.max(1, Math.min(20000, Math.floor(CALL / one)));
  const times = [];
  for (let runs = Math.max(5, Math.min(300, Math.floor(BUDGET / (one * calls)))); runs > 0; runs--) {
    const before = spent();
    for (let call = 0; call < calls; call++) await step();
    times.push((spent() - before) / calls);
  }
  times.sort((a, b) => a - b);
  const { version } = JSON.parse(fs.readFileSync(path.join(path.dirname(require.resolve('onnxruntime-node')), '..', 'package.json'), 'utf8'));
  console.log(JSON.stringify({
    name, version, medianMilliseconds: times[times.length >> 1], fastestMilliseconds: times[0],
    peakResidentBytes: process.resourceUsage().maxRSS * 1024,
  }));
}

main().catch(error => {
  console.error(error.message);
  process.exitCode = 1;
});
