package io.bayes4j.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;

/** The parts of the data, each where its rows are. */
final class Parts {
  private final JavaRDD<PartData> data;
  private final long[] counts;

  /**
   * Of data with a part in each partition.
   *
   * @param counts how many examples each has
   */
  Parts(JavaRDD<PartData> data, long... counts) {
    this.data = data;
    this.counts = counts.clone();
  }

  long[] counts() {
    return counts.clone();
  }

  int number() {
    return counts.length;
  }

  /** The number of all examples. */
  long examples() {
    return Arrays.stream(counts).sum();
  }

  double share(int part) {
    return counts[part] / (double) examples();
  }

  /** Does work that begins differently in each part. */
  <S, A> List<A> each(List<S> starts, Function2<PartData, S, A> work) {
    JavaRDD<S> started = context().parallelize(starts, counts.length);
    return data.zipPartitions(
            started, (part, start) -> List.of(work.call(part.next(), start.next())).iterator())
        .collect();
  }

  /** Work of a part, which is told its number. */
  @FunctionalInterface
  interface Numbered<S, A> extends Serializable {
    A of(PartData part, int number, S start);
  }

  /** Does work that begins alike in all parts: the start is sent to each executor once. */
  <S, A> List<A> all(S start, Numbered<S, A> work) {
    Broadcast<S> sent = context().broadcast(start);
    try {
      return data.mapPartitionsWithIndex(
              (number, part) -> List.of(work.of(part.next(), number, sent.value())).iterator(),
              false)
          .collect();
    } finally {
      sent.destroy();
    }
  }

  private JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(data.context());
  }
}
