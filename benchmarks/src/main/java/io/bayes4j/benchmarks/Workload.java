package io.bayes4j.benchmarks;

import java.util.function.Supplier;

/**
 * Something to time.
 *
 * @param name as the peer's script calls it
 * @param warmUps least number of runs that are not timed
 * @param runs least number of runs that are timed
 * @param prepare makes the model and data, which is not timed, and returns the body
 */
record Workload(String name, int warmUps, int runs, Supplier<Runnable> prepare) {}
