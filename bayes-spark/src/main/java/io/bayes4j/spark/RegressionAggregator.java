package io.bayes4j.spark;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.uncertainty.RegressionEvaluator;
import io.bayes4j.core.uncertainty.RegressionScores;
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

/** {@link RegressionEvaluator} over the rows of a frame, each one Gaussian for each output. */
final class RegressionAggregator extends Aggregator<Row, Object, Row> {
  @Serial private static final long serialVersionUID = 1;

  static final StructType INPUT =
      new StructType()
          .add("mean", SQLDataTypes.VectorType())
          .add("variance", SQLDataTypes.VectorType())
          .add("target", SQLDataTypes.VectorType());

  private static final StructType OUTPUT =
      new StructType()
          .add("count", DataTypes.LongType)
          .add("rmse", DataTypes.DoubleType)
          .add("mae", DataTypes.DoubleType)
          .add("crps", DataTypes.DoubleType)
          .add("coverage", DataTypes.DoubleType)
          .add("width", DataTypes.DoubleType)
          .add("intervalScore", DataTypes.DoubleType);

  private static final int QUANTILES = 19;

  private final double level;

  RegressionAggregator(double level) {
    Require.argument(level > 0 && level < 1, "level must be in (0, 1), got %s", level);
    this.level = level;
  }

  /** What a partition has seen; rows are handed over many at a time. */
  static final class Buffer {
    private static final int MOST = 256;

    private final RegressionEvaluator evaluator;
    private float[][] waiting = new float[INPUT.size()][];
    private int width;
    private int count;
    private long total;

    Buffer(double level) {
      evaluator = new RegressionEvaluator(level, QUANTILES);
    }

    void add(Row row) {
      int found = row.<Vector>getAs(0).size();
      if (width != found) {
        flush();
        width = found;
        Arrays.setAll(waiting, i -> new float[MOST * width]);
      }
      for (int i = 0; i < waiting.length; i++) {
        double[] numbers = row.<Vector>getAs(i).toArray();
        Require.argument(
            numbers.length == width,
            "%s must have as many numbers as the mean (%d), got %d",
            INPUT.fieldNames()[i],
            width,
            numbers.length);
        for (int k = 0; k < width; k++) {
          waiting[i][count * width + k] = (float) numbers[k];
        }
      }
      count++;
      total++;
      if (count == MOST) {
        flush();
      }
    }

    void flush() {
      if (count > 0) {
        INDArray means = array(0, 1, count, width);
        INDArray variances = array(1, 1, count, width);
        INDArray targets = array(2, count, width);
        evaluator.add(means, variances, targets);
        Scoring.close(means);
        Scoring.close(variances);
        Scoring.close(targets);
        count = 0;
      }
    }

    private INDArray array(int i, long... shape) {
      return Detached.of(Arrays.copyOf(waiting[i], count * width), shape);
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
    return new Buffer(level);
  }

  @Override
  public Object reduce(Object buffer, Row row) {
    if (!row.anyNull()) {
      ((Buffer) buffer).add(row);
    }
    return buffer;
  }

  @Override
  public Object merge(Object one, Object other) {
    return ((Buffer) one).merge((Buffer) other);
  }

  @Override
  public Row finish(Object seen) {
    Buffer buffer = (Buffer) seen;
    if (buffer.total == 0) {
      return RowFactory.create(0L, null, null, null, null, null, null);
    }
    buffer.flush();
    RegressionScores scores = buffer.evaluator.scores();
    return RowFactory.create(
        scores.count(),
        scores.rmse(),
        scores.mae(),
        scores.crps(),
        scores.intervals().coverage(),
        scores.intervals().width(),
        scores.intervals().score());
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
