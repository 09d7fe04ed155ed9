package io.bayes4j.spark;

import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;

/** Bad rows of a stage and its copies, in whatever contexts these have met them. */
final class BadRowCount {
  private @Nullable SparkContext context;
  private @Nullable LongAccumulator accumulator;

  /** What the contexts before have counted. */
  private long before;

  /** What the tasks of a context add to. */
  synchronized LongAccumulator in(SparkContext now) {
    if (accumulator == null || context != now) {
      before = value();
      context = now;
      accumulator = now.longAccumulator("bad rows");
    }
    return accumulator;
  }

  synchronized long value() {
    return before + (accumulator == null ? 0 : accumulator.value());
  }
}
