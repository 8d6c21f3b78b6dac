// The load generator: `node main.mjs '<JSON>'`. Runs one workload on kept-alive connections, first unmeasured, then measured, and
// prints two lines: `ready` when it is set up, and the result as JSON. tests/bench/load.py starts it, on a core of its own.
import { Connection } from './http1.mjs';
import { workloads } from './workloads.mjs';

const { target, workload, connections, warmUpSeconds, seconds } = JSON.parse(process.argv[2]);

// Setting up (signing in, mostly) goes first, so that no connection is still at it when the others are measured.
const opened = Array.from({ length: connections }, () => new Connection(target.port));
const operations = await Promise.all(opened.map((connection, index) => {
  const username = target.people[index % target.people.length];
  return workloads[workload](connection, target, { username, password: target.password });
}));

console.log('ready');
const begin = performance.now() + warmUpSeconds * 1000;
const end = begin + seconds * 1000;
const latencies = [];
let operationsInAll = 0;
let cpuAtBegin = null;

await Promise.all(operations.map(async (operate) => {
  for (let started = performance.now(); started < end;) {
    if (cpuAtBegin === null && started >= begin) cpuAtBegin = process.cpuUsage();
    await operate();
    operationsInAll += 1;
    const finished = performance.now();
    // What finishes inside the window counts, whenever it began: what is under way at both ends evens out.
    if (finished >= begin && finished < end) latencies.push(finished - started);
    started = finished;
  }
}));
const cpu = process.cpuUsage(cpuAtBegin);
for (const connection of opened) connection.close();

const sorted = Float64Array.from(latencies).sort();
const percentile = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
console.log(JSON.stringify({
  rps: sorted.length / seconds,
  p50_ms: percentile(0.5),
  p99_ms: percentile(0.99),
  operations_in_all: operationsInAll, // with the unmeasured ones
  // How much of its own core the generator used: near 1 it would be the bottleneck and the figure wrong.
  generator_busy: (cpu.user + cpu.system) / 1e6 / seconds,
}));
