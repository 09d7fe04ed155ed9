package io.bayes4j.spark;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.uncertainty.ClassificationEvaluator;
import io.bayes4j.core.uncertainty.ClassificationScores;
import java.io.Serial;
import java.util.Arrays;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Aggregator;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link ClassificationEvaluator} over the rows of a frame. */
final class ClassificationAggregator extends Aggregator<Row, Object, Row> {
  @Serial private static final long serialVersionUID = 1;

  static final StructType INPUT =
      new StructType()
          .add("probability", SQLDataTypes.VectorType())
          .add("label", DataTypes.DoubleType);

  private static final StructType OUTPUT =
      new StructType()
          .add("count", DataTypes.LongType)
          .add("accuracy", DataTypes.DoubleType)
          .add("nll", DataTypes.DoubleType)
          .add("brier", DataTypes.DoubleType)
          .add("ece", DataTypes.DoubleType);

  private final int bins;

  ClassificationAggregator(int bins) {
    Require.positive((long) bins, "bins");
    this.bins = bins;
  }

  /** What a partition has seen; rows are handed over many at a time. */
  static final class Buffer {
    private static final int MOST = 256;

    private final ClassificationEvaluator evaluator;
    private final int[] labels = new int[MOST];
    private float[] waiting = {};
    private int width;
    private int count;
    private long total;

    Buffer(int bins) {
      evaluator = new ClassificationEvaluator(bins);
    }

    void add(double[] probabilities, double label) {
      Require.argument(
          label == (int) label, "label must be a whole number, the class, got %s", label);
      if (width != probabilities.length) {
        flush();
        width = probabilities.length;
        waiting = new float[MOST * width];
      }
      for (int k = 0; k < width; k++) {
        waiting[count * width + k] = (float) probabilities[k];
      }
      labels[count] = (int) label;
      count++;
      total++;
      if (count == MOST) {
        flush();
      }
    }

    void flush() {
      if (count > 0) {
        INDArray rows = Detached.of(Arrays.copyOf(waiting, count * width), count, width);
        evaluator.add(rows, Arrays.copyOf(labels, count));
        Scoring.close(rows);
        count = 0;
      }
    }

    Buffer merge(Buffer other) {
      flush();
      other.flush();
      evaluator.merge(other.evaluator);
      total += other.total;
      return this;
    }
  }

  @Override
  public Object zero() {
    return new Buffer(bins);
  }

  @Override
  public Object reduce(Object buffer, Row row) {
    if (!row.isNullAt(0) && !row.isNullAt(1)) {
      ((Buffer) buffer).add(row.<Vector>getAs(0).toArray(), row.getDouble(1));
    }
    return buffer;
  }

  @Override
  public Object merge(Object one, Object other) {
    return ((Buffer) one).merge((Buffer) other);
  }

  /** Null, not a mistake, of no rows: as Spark's own averages. */
  @Override
  public Row finish(Object seen) {
    Buffer buffer = (Buffer) seen;
    if (buffer.total == 0) {
      return RowFactory.create(0L, null, null, null, null);
    }
    buffer.flush();
    ClassificationScores scores = buffer.evaluator.scores();
    return RowFactory.create(
        scores.count(), scores.accuracy(), scores.nll(), scores.brier(), scores.ece());
  }

  /** Of any object, since Spark takes public classes alone. */
  @Override
  public Encoder<Object> bufferEncoder() {
    return Encoders.kryo(Object.class);
  }

  @Override
  public Encoder<Row> outputEncoder() {
    return Encoders.row(OUTPUT);
  }
}
